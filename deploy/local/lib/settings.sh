# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the other files
# Where things are and on which ports. Every one of these is a variable somebody may set.

# Shifts all ports at once, so that a second platform can run beside the first.
: "${STORES_PORT_OFFSET:=0}"
: "${STORES_HTTP_HOST:=127.0.0.1}"
: "${STORES_HTTP_PORT:=$((8080 + STORES_PORT_OFFSET))}"
: "${TENANTS_PORT:=$((8001 + STORES_PORT_OFFSET))}"
: "${CATALOG_PORT:=$((8002 + STORES_PORT_OFFSET))}"
: "${ORDERS_PORT:=$((8003 + STORES_PORT_OFFSET))}"
: "${PAYMENTS_PORT:=$((8004 + STORES_PORT_OFFSET))}"
: "${STORES_POSTGRES_PORT:=$((5442 + STORES_PORT_OFFSET))}"
: "${STORES_REDIS_PORT:=$((6389 + STORES_PORT_OFFSET))}"
: "${STORES_RABBITMQ_PORT:=$((5682 + STORES_PORT_OFFSET))}"
: "${STORES_RABBITMQ_MANAGEMENT_PORT:=$((STORES_RABBITMQ_PORT + 10000))}"
: "${STORES_RABBITMQ_DIST_PORT:=$((STORES_RABBITMQ_PORT + 20000))}"
: "${STORES_EPMD_PORT:=$((4379 + STORES_PORT_OFFSET))}"
: "${STORES_S3_PORT:=$((9010 + STORES_PORT_OFFSET))}"
: "${STORES_SIMULATORS_PORT:=$((9020 + STORES_PORT_OFFSET))}"

: "${STORES_RUN_DIR:=$CHECKOUT/.run}"
: "${STORES_CACHE_DIR:=${HOME:-/var/tmp}/.cache/stores}"
: "${BASE_DOMAIN:=store.localhost}"

# PostgreSQL and RabbitMQ refuse to run as root, so root lends them this login.
RUN_USER=stores-run

am_root() { [ "$(id -u)" -eq 0 ]; }

# A name that stays the same for a folder: two checkouts never share a node name or a fallback.
short_hash() { printf '%s' "$1" | sha256sum | cut -c1-8; }

# Makes the run folder, or, where the unprivileged login could not reach it (a checkout in /root),
# a folder in /var/tmp with a link to it in the expected place.
prepare_run_dir() {
  local wanted
  wanted=$(realpath -m "$STORES_RUN_DIR")
  if am_root; then
    ensure_run_user
    if ! reachable_by_run_user "$wanted"; then
      local elsewhere
      elsewhere=/var/tmp/stores-$(short_hash "$wanted")
      install -d -m 711 "$elsewhere"
      [ "$(stat -c %u "$elsewhere")" -eq 0 ] || die "$elsewhere belongs to somebody else; set STORES_RUN_DIR"
      if [ ! -L "$wanted" ]; then
        say "$wanted cannot be reached by the login $RUN_USER: using $elsewhere (linked from there)"
        rmdir "$wanted" 2>/dev/null || true
        ln -sfn "$elsewhere" "$wanted"
      fi
      wanted=$elsewhere
    fi
  fi
  STORES_RUN_DIR=$(realpath -m "$wanted")
  install -d -m 711 "$STORES_RUN_DIR" "$STORES_RUN_DIR/bin" "$STORES_RUN_DIR/pids" "$STORES_RUN_DIR/logs"
}

ensure_run_user() {
  id "$RUN_USER" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$RUN_USER"
}

# Whether the login may pass through every folder above (and the folder, when it is there).
reachable_by_run_user() {
  local folder=$1
  [ -d "$folder" ] || folder=$(dirname "$folder")
  as_run_user test -x "$folder"
}

# Runs a command in place as the unprivileged login; without root there is nothing to change.
as_run_user() {
  if am_root; then
    setpriv --reuid "$RUN_USER" --regid "$RUN_USER" --clear-groups -- "$@"
  else
    "$@"
  fi
}

# A data folder that belongs to the login that the part runs as.
data_dir() {
  install -d -m 700 "$1"
  if am_root; then chown "$RUN_USER:$RUN_USER" "$1"; fi
}
