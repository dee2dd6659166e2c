#!/usr/bin/env bash
# .env.example and the configuration's code name the same variables; prints what differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# The code up to its tests, on one line, so that a call may span several.
code() {
  local file
  for file in crates/kernel/src/config/*.rs services/storefront/src/config.rs; do
    sed '/#\[cfg(test)\]/,$d' "$file"
  done | tr '\n' ' '
}

read_by_the_code() {
  code | grep -oE 'env\.[a-z_]+\( *"[A-Z][A-Z0-9_]+"' | grep -oE '[A-Z][A-Z0-9_]+'
  logins
  # Keys of which all are given or none.
  code | grep -oE '_KEYS: \[&str; [0-9]+\] = \[[^]]*\]' | grep -oE '"[A-Z][A-Z0-9_]+"' | tr -d '"'
  # One variable a service, from the table of services.
  local service suffix
  for service in $(code | grep -oE '\("[a-z]+", "[A-Z]+", [0-9]+\)' | grep -oE '"[A-Z]+"' | tr -d '"'); do
    for suffix in $(code | grep -oE '\{variable\}_[A-Z_]+' | sed 's/{variable}_//' | sort -u) $(logins); do
      printf '%s_%s\n' "$service" "$suffix"
    done
  done
  # Who only listens has a login to the broker and nothing else.
  code | grep -oE '\("[a-z]+", "[A-Z]+"\)' | grep -oE '"[A-Z]+"' | tr -d '"' | sed 's/$/_RABBITMQ_URL/'
  # Where the storefront asks.
  grep -oE '=> "[A-Z]+"' services/storefront/src/api.rs | grep -oE '[A-Z]+' | sed 's/$/_URL/'
}

# The owner's; each service may have one of its own.
logins() { code | grep -oE 'Logins::read\([^)]*\)' | grep -oE '"[A-Z][A-Z0-9_]+"' | tr -d '"'; }

# Below its marker the file lists what only the local tools read.
in_the_example() { sed '/^# --- only make up/,$d' .env.example | grep -oE '^[A-Z][A-Z0-9_]*=' | tr -d '='; }

missing=$(comm -3 <(read_by_the_code | sort -u) <(in_the_example | sort -u))
[ -z "$missing" ] || {
  printf 'only in the code (left) or only in .env.example (right):\n%s\n' "$missing"
  exit 1
}
