#!/usr/bin/env bash
# make.sh ENVIRONMENT: begins deploy/secrets/ENVIRONMENT.sops.yaml. It draws what can be drawn and leaves what others
# give empty, for `sops edit`. The environment's age key is made beside it when there is none; it never enters git.
#
#   deploy/secrets/ENVIRONMENT.sops.yaml   committed: names in the clear, values sealed
#   deploy/secrets/.sops.yaml              committed: for whom each environment is sealed
#   ~/.config/stores/ENVIRONMENT.agekey    yours: offline with two people, and in CI as the protected, masked variable
#                                          SOPS_AGE_KEY of that environment
set -euo pipefail
umask 077

HERE=${STORES_SECRETS_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)}
NAMES=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/names.yml
KEYS=${STORES_AGE_DIR:-$HOME/.config/stores}

die() {
  printf '%s\n' "$@" >&2
  exit 2
}

random_hex() { openssl rand -hex "$1"; }

# The names that are drawn, each with the length that it must have.
made_names() { sed -n 's/^  - { name: \([a-z0-9_]*\), made: true,.* length: \([0-9]*\),.*/\1 \2/p' "$NAMES"; }
all_names() { sed -n 's/^  - {\{0,1\} \{0,1\}name: \([a-z0-9_]*\).*/\1/p' "$NAMES"; }

# A key's id stands before it.
drawn() {
  case $1 in
    sealing_keys) printf '1:%s' "$(random_hex 32)" ;;
    *) random_hex "$((($2 + 1) / 2))" ;;
  esac
}

recipient() {
  local file=$KEYS/$1.agekey
  if [ ! -e "$file" ]; then
    mkdir -p "$KEYS"
    age-keygen -o "$file" 2>/dev/null
    printf 'made %s: keep it offline, with two people, before anything is sealed with it\n' "$file" >&2
  fi
  age-keygen -y "$file"
}

# The environment's own rule; others' stay.
write_rule() {
  local file=$HERE/.sops.yaml rule="  - path_regex: (^|/)$1\\.sops\\.yaml\$"
  [ -e "$file" ] || printf 'creation_rules:\n' >"$file"
  grep -qF "path_regex: (^|/)$1\\.sops" "$file" || printf '%s\n    age: %s\n' "$rule" "$2" >>"$file"
  chmod 644 "$file"
}

plain() {
  local name made
  declare -A made=()
  while read -r name length; do made[$name]=$length; done < <(made_names)
  while read -r name; do
    if [ -n "${made[$name]:-}" ]; then
      printf '%s: "%s"\n' "$name" "$(drawn "$name" "${made[$name]}")"
    else
      printf '%s: ""\n' "$name"
    fi
  done < <(all_names)
}

main() {
  local environment=${1:-} file
  case $environment in dev | uat | staging | prod) ;; *) die "make.sh dev|uat|staging|prod" ;; esac
  for tool in sops age-keygen openssl; do
    command -v "$tool" >/dev/null || die "$tool is missing: docs/deployment.md says where it comes from"
  done
  file=$HERE/$environment.sops.yaml
  [ ! -e "$file" ] || die "$file is there already: sops edit $file"
  trap 'rm -f "$HERE"/*.sops.yaml.new' EXIT
  write_rule "$environment" "$(recipient "$environment")"
  plain | sops --config "$HERE/.sops.yaml" encrypt --filename-override "$environment.sops.yaml" \
    --input-type yaml --output-type yaml /dev/stdin >"$file.new"
  chmod 644 "$file.new"
  mv "$file.new" "$file"
  printf 'made %s; what others gave us goes in by:\n  SOPS_AGE_KEY_FILE=%s sops edit %s\n' \
    "$file" "$KEYS/$environment.agekey" "$file"
}

main "$@"
