#!/usr/bin/env bash
# The proof of backups: a filled database is backed up by pgBackRest while its log goes out all the time, restored to
# the end of the log and to a moment in between by deploy/bin/restore-drill.sh, and each time pg_amcheck and
# `stores invariants` say that it is whole. Timed. Plain processes stand in for containers.
#
#   restores.sh [FOLDER]   with the program `stores`; default: target/debug. Takes some minutes.
#
# Needs what `make up` needs and Debian's pgbackrest. Environment: STORES_RUN_DIR and STORES_PORT_OFFSET.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)
PROGRAMS=$(realpath "${1:-${CARGO_TARGET_DIR:-$CHECKOUT/target}/debug}")
STACK=$CHECKOUT/deploy/local/stack.sh
export STORES_RUN_DIR=${STORES_RUN_DIR:-$CHECKOUT/.run/restores} STORES_PORT_OFFSET=${STORES_PORT_OFFSET:-2300}
export STORES_IGNORE_DOTENV=1 STORES_ENV=test
PORT=$((5442 + STORES_PORT_OFFSET))

say() { printf '%s  %s\n' "$(date -u +%T)" "$*"; }

over() {
  local result=$?
  if [ "$result" -eq 0 ]; then
    CONFIRM=yes "$STACK" clean-data >/dev/null
    rm -rf "${STORES_RUN_DIR:?}/home" "${STORES_RUN_DIR:?}/backups"
  else
    "$STACK" down >/dev/null
    say "what there is of it: $STORES_RUN_DIR"
  fi
}

database() {
  command -v pgbackrest >/dev/null || { say "pgbackrest is missing: apt-get install pgbackrest"; exit 2; }
  say "a platform's base in $STORES_RUN_DIR (ports +$STORES_PORT_OFFSET)"
  CONFIRM=yes "$STACK" clean-data >/dev/null
  "$STACK" base up >"$(dirname "$STORES_RUN_DIR")/restores-base.log" 2>&1
  STORES_RUN_DIR=$(realpath "$STORES_RUN_DIR")
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/secrets.env"
  # PostgreSQL's login, as stack.sh has it.
  local bins
  bins=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -n | tail -n 1)
  export RELEASE_AS=env RELEASE_PG_BIN=$bins
  if [ "$(id -u)" -eq 0 ]; then RELEASE_AS="setpriv --reuid stores-run --regid stores-run --clear-groups --"; fi
  export RELEASE_PG_PASSWORD=$POSTGRES_ADMIN_PASSWORD RELEASE_PG_PORT=$PORT RELEASE_DRILL_PORT=$((PORT + 1))
  export PGBACKREST_CONFIG=$STORES_RUN_DIR/backups/pgbackrest.conf
  stores migrate
  stores seed --demo
}

# shellcheck source=/dev/null
stores() { (source "$STORES_RUN_DIR/env" && exec "$PROGRAMS/stores" "$@") >/dev/null; }

# A host as Ansible leaves it, as far as a drill reads it.
home() {
  export STORES_HOME=$STORES_RUN_DIR/home STORES_TEXTFILES=$STORES_RUN_DIR/home/textfile
  rm -rf "$STORES_HOME"
  mkdir -p "$STORES_HOME/traefik/dynamic" "$STORES_HOME/slots/blue" "$STORES_TEXTFILES"
  sed 's/^export //' "$STORES_RUN_DIR/env" >"$STORES_HOME/settings.env"
  printf '# slot: blue\n' >"$STORES_HOME/traefik/dynamic/active.yml"
  printf 'RELEASE_RUNTIME=processes\n' >"$STORES_HOME/release.env"
  jq -n --arg stores "$PROGRAMS/stores@sha256:unchecked" '{images: {stores: $stores}}' >"$STORES_HOME/slots/blue/manifest.json"
  chmod 711 "$STORES_HOME"
  # The drill's folder is PostgreSQL's.
  if [ "$(id -u)" -eq 0 ]; then chown stores-run "$STORES_HOME"; fi
}

as_postgres() { PGPASSWORD=$POSTGRES_ADMIN_PASSWORD psql -XAtq -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PORT" -U postgres "$@"; }

# libpq finds the server by these: stack.sh's has no socket.
pgbackrest_here() {
  local as=()
  read -ra as <<<"$RELEASE_AS"
  "${as[@]}" env PGHOST=127.0.0.1 PGPASSWORD="$POSTGRES_ADMIN_PASSWORD" PGBACKREST_CONFIG="$PGBACKREST_CONFIG" \
    pgbackrest --stanza=stores --log-level-console=warn "$@"
}

archive() {
  say "the log goes out all the time"
  mkdir -p "$STORES_RUN_DIR/backups/spool"
  cat >"$PGBACKREST_CONFIG" <<TEXT
[global]
repo1-path=$STORES_RUN_DIR/backups
repo1-retention-full=2
log-level-file=off
lock-path=$STORES_RUN_DIR/backups/spool
compress-type=lz4
start-fast=y
[stores]
pg1-path=$STORES_RUN_DIR/postgres
pg1-port=$PORT
pg1-user=postgres
TEXT
  if [ "$(id -u)" -eq 0 ]; then chown -R stores-run "$STORES_RUN_DIR/backups"; fi
  as_postgres -c "ALTER SYSTEM SET archive_mode = on" -c "ALTER SYSTEM SET archive_timeout = 60" \
    -c "ALTER SYSTEM SET archive_command = 'PGBACKREST_CONFIG=$PGBACKREST_CONFIG pgbackrest --stanza=stores archive-push %p'"
  "$STACK" part down postgres >/dev/null
  "$STACK" part up postgres >/dev/null
  pgbackrest_here stanza-create
  pgbackrest_here check
}

drill() {
  say "restore-drill.sh $1"
  PGHOST=127.0.0.1 PGPASSWORD=$POSTGRES_ADMIN_PASSWORD "$CHECKOUT/deploy/bin/restore-drill.sh" "$1"
}

stores_of() { as_postgres stores_db -c "SELECT count(*) FROM tenants.tenant"; }

trap over EXIT
database
home
archive
say "a full backup of $(as_postgres -c "SELECT pg_size_pretty(pg_database_size('stores_db'))") with $(as_postgres stores_db -c 'SELECT count(*) FROM orders."order"') orders"
pgbackrest_here --type=full backup
drill latest
MOMENT=$(as_postgres -c "SELECT now()")
say "after $MOMENT: another store, and a mistake"
stores tenant create later --name Later --email later@example.pt
as_postgres stores_db -c 'UPDATE orders."order" SET status = status' >/dev/null
as_postgres -c "SELECT pg_switch_wal()" >/dev/null
drill "$MOMENT"
say "the running database has $(stores_of) stores, as it should"
cat "$STORES_TEXTFILES"/*.prom
