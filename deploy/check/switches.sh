#!/usr/bin/env bash
# The proof of releases: twenty switches between blue and green under constant load, an expand migration in the
# middle, rollbacks among them, and not one request that fails. Plain processes stand in for containers; everything
# else is what a server runs: release-activate.sh, rollback.sh, Traefik, its routes.
#
#   switches.sh [OLD [NEW]]   folders with the programs `stores` and `stores-storefront` of two versions.
#                             Without them: what target/debug has, as both. Takes a quarter of an hour.
#
# Needs what `make up` needs. Environment: SWITCHES (20), SHOPPERS (6), STORES_RUN_DIR and STORES_PORT_OFFSET for its
# platform. Ends with a table, and fails when a request failed, fewer than 10,000 were made, or a rollback took 30 s.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)
BUILT=${CARGO_TARGET_DIR:-$CHECKOUT/target}/debug
OLD=$(realpath "${1:-$BUILT}")
NEW=$(realpath "${2:-$OLD}")
SWITCHES=${SWITCHES:-20}
export STORES_RUN_DIR=${STORES_RUN_DIR:-$CHECKOUT/.run/switches} STORES_PORT_OFFSET=${STORES_PORT_OFFSET:-500}
export STORES_IGNORE_DOTENV=1 STORES_ENV=test SKIP_RATE_LIMIT_FOR_E2E=true
STORES_CACHE_DIR=${STORES_CACHE_DIR:-${HOME:-/var/tmp}/.cache/stores}
DOMAIN=store.localhost
DOOR=$((8080 + STORES_PORT_OFFSET))

say() { printf '%s  %s\n' "$(date -u +%T)" "$*"; }

# PostgreSQL, Redis, RabbitMQ, S3 and the simulators, without the platform's own processes.
base() {
  say "a platform's base in $STORES_RUN_DIR (ports +$STORES_PORT_OFFSET)"
  CONFIRM=yes "$CHECKOUT/deploy/local/stack.sh" clean-data >/dev/null
  # On a busy machine a part may need more time than it gets; what is up stays up.
  base_up || base_up || base_up
  STORES_RUN_DIR=$(realpath "$STORES_RUN_DIR")
}

base_up() { "$CHECKOUT/deploy/local/stack.sh" base up >"$(dirname "$STORES_RUN_DIR")/switches-base.log" 2>&1; }

# A host as Ansible leaves it, but for the engine.
home() {
  export STORES_HOME=$STORES_RUN_DIR/home
  rm -rf "$STORES_HOME"
  mkdir -p "$STORES_HOME/traefik/dynamic" "$STORES_HOME/slots" "$STORES_HOME/programs"
  # Twice as many processes as usual ask one database.
  sed 's/^export //' "$STORES_RUN_DIR/env" | grep -v -E '^([A-Z]+_PORT|THEMES_DIR|DATABASE_POOL_SIZE)=' \
    >"$STORES_HOME/settings.env"
  printf '%s\n' "THEMES_DIR='$STORES_HOME/themes'" "DATABASE_POOL_SIZE='8'" \
    "DRAIN_SECONDS='1'" >>"$STORES_HOME/settings.env"
  printf '%s\n' RELEASE_RUNTIME=processes RELEASE_CANARY=demo RELEASE_WATCH=3 "RELEASE_DOOR=http://127.0.0.1:$DOOR" \
    "RELEASE_PORTS=$((8200 + STORES_PORT_OFFSET))" RELEASE_BY=switches >"$STORES_HOME/release.env"
  cp -r "$CHECKOUT/web/themes" "$STORES_HOME/themes"
  cp "$CHECKOUT/deploy/traefik/dynamic/routes.yml" "$STORES_HOME/traefik/dynamic/routes.yml"
}

# release N FOLDER: a manifest whose images are FOLDER's programs, under a name of their own, so that it is another.
release() {
  local folder=$STORES_HOME/programs/$1 program name images='{}'
  mkdir -p "$folder"
  for program in stores stores-storefront; do
    ln "$2/$program" "$folder/$program" 2>/dev/null || cp "$2/$program" "$folder/$program"
    [ -n "${DIGESTS[$2/$program]:-}" ] || DIGESTS[$2/$program]=$(sha256sum "$2/$program" | cut -d' ' -f1)
  done
  for name in stores-tenants stores-catalog stores-orders stores-payments stores-invoicing stores-mail stores-migration \
    stores-storefront stores-admin stores; do
    program=stores
    if [ "$name" = stores-storefront ]; then program=stores-storefront; fi
    images=$(jq -c --arg name "$name" --arg image "$folder/$program@sha256:${DIGESTS[$2/$program]}" \
      '.[$name] = $image' <<<"$images")
  done
  jq -n --argjson images "$images" --arg sha "$(printf '%040x' "$1")" \
    '{version: 1, git_sha: $sha, images: $images}' >"$STORES_HOME/manifest-$1.json"
}

declare -A DIGESTS=()

activate() { "$CHECKOUT/deploy/release-activate.sh" dev "$STORES_HOME/manifest-$1.json" "$DOMAIN" "$2"; }

traefik() {
  local program=${TRAEFIK_BIN:-$(printf '%s\n' "$STORES_CACHE_DIR"/traefik-*/bin/traefik | tail -n 1)}
  sed "s|@ADDRESS@|127.0.0.1:$DOOR|; s|@DYNAMIC@|$STORES_HOME/traefik/dynamic|; s|@TENANTS@|http://127.0.0.1:$((8201 + STORES_PORT_OFFSET))|" \
    "$CHECKOUT/deploy/traefik/local.yml" >"$STORES_HOME/traefik.yml"
  BASE_DOMAIN=$DOMAIN STORES_ENV=test SKIP_RATE_LIMIT_FOR_E2E=true "$program" --configFile="$STORES_HOME/traefik.yml" >"$STORES_HOME/traefik.log" 2>&1 &
  TRAEFIK_PID=$!
}

load() {
  rm -f "$STORES_HOME/stop"
  python3 "$HERE/load.py" 127.0.0.1 "$DOOR" "demo.$DOMAIN" "$STORES_HOME/stop" "$STORES_HOME/load.json" "${SHOPPERS:-6}" &
  LOAD_PID=$!
}

reported() { jq -r "$1" "$STORES_HOME/load.json" 2>/dev/null || printf 0; }

# Nobody pays here, so every purchase keeps its goods: there have to be enough.
plenty() {
  # shellcheck source=/dev/null
  (source "$STORES_RUN_DIR/secrets.env" && PGPASSWORD=$POSTGRES_ADMIN_PASSWORD psql -X -q -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p $((5442 + STORES_PORT_OFFSET)) -U postgres stores_db -c 'UPDATE orders.stock SET on_hand = on_hand + 100000')
}

# What a next version's migration does: grow, under a lock that nobody waits for.
expand() {
  say "an expand migration"
  # shellcheck source=/dev/null
  (source "$STORES_RUN_DIR/env" && psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$HERE/expand.sql")
}

over() {
  local slot result=$?
  STORES_HOME=${STORES_HOME:-$STORES_RUN_DIR/home}
  touch "$STORES_HOME/stop" 2>/dev/null || true
  [ -z "${LOAD_PID:-}" ] || wait "$LOAD_PID" || true
  [ -z "${TRAEFIK_PID:-}" ] || kill "$TRAEFIK_PID" 2>/dev/null || true
  for slot in "$STORES_HOME"/slots/*/*.pid; do
    if [ -e "$slot" ]; then kill "$(cat "$slot")" 2>/dev/null || true; fi
  done
  if [ "$result" -eq 0 ]; then
    CONFIRM=yes "$CHECKOUT/deploy/local/stack.sh" clean-data >/dev/null
  else
    "$CHECKOUT/deploy/local/stack.sh" down >/dev/null
    say "the logs are in $STORES_HOME"
  fi
}

# One of five switches is a rollback; the first follows the first release on the new schema, so that the version
# before has to live with it.
switch() {
  local number=$1 slot began=$SECONDS kind=release folder=$OLD
  slot=$(sed -n '1s/^# slot: //p' "$STORES_HOME/traefik/dynamic/active.yml")
  if [ "$slot" = blue ]; then slot=green; else slot=blue; fi
  if [ "$number" -gt $((SWITCHES / 2)) ]; then folder=$NEW; fi
  if [ $((number % 5)) -eq 2 ] && [ "$number" -gt 2 ]; then
    kind=rollback
    "$CHECKOUT/deploy/bin/rollback.sh" dev >"$STORES_HOME/switch-$number.log" 2>&1
  else
    release "$number" "$folder"
    activate "$number" "$slot" >"$STORES_HOME/switch-$number.log" 2>&1
  fi
  printf '%2d  %-8s to %-5s  %3d s, of them until the flip was seen %3s s   requests so far %6s, failed %s\n' \
    "$number" "$kind" "$slot" $((SECONDS - began)) "$(turned "$number")" "$(reported .requests)" "$(reported .failed)"
}

# Seconds from the call until the door answered from the slot.
turned() { sed -n 's/^ *\([0-9]*\)s  .* has the traffic.*/\1/p' "$STORES_HOME/switch-$1.log"; }

verdict() {
  local slowest
  slowest=$(grep -l '  rollback of ' "$STORES_HOME"/switch-*.log | xargs sed -n 's/^ *\([0-9]*\)s  .* has the traffic.*/\1/p' |
    sort -n | tail -n 1)
  say "$(reported .requests) requests, $(reported .failed) failed, the slowest took $(reported .slowest_seconds) s"
  say "answers: $(reported '.answers | to_entries | map("\(.key) \(.value)") | join(", ")')"
  say "/api/health answered by: $(reported '.slots | to_entries | map("\(.key) \(.value)") | join(", ")')"
  say "slowest rollback: $slowest s until the traffic was back"
  reported '.failures[] | "\(.what): \(.why)"' >&2
  [ "$(reported .failed)" -eq 0 ] && [ "$(reported .requests)" -ge 10000 ] && [ "$slowest" -lt 30 ]
}

trap over EXIT
base
home
traefik
release 0 "$OLD"
say "the first release"
activate 0 blue >"$STORES_HOME/switch-0.log"
# A store to buy in, which also is the canary.
# shellcheck source=/dev/null
(source "$STORES_RUN_DIR/env" && "$OLD/stores" seed --demo >"$STORES_HOME/seed.log")
plenty
load
for number in $(seq 1 "$SWITCHES"); do
  if [ "$number" -eq $((SWITCHES / 2 + 1)) ]; then expand; fi
  switch "$number"
done
touch "$STORES_HOME/stop"
wait "$LOAD_PID"
LOAD_PID=
verdict
