# shellcheck shell=bash
# The run folder and the login that lives in it.

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
  AS_RUN_USER=(env)
  if am_root; then
    AS_RUN_USER=(setpriv --reuid "$RUN_USER" --regid "$RUN_USER" --clear-groups --)
    ensure_run_user
    reachable_by_run_user "$wanted" || wanted=$(fallback_for "$wanted")
  fi
  STORES_RUN_DIR=$wanted
  install -d -m 711 "$wanted" "$wanted/bin" "$wanted/pids" "$wanted/logs"
}

ensure_run_user() {
  id "$RUN_USER" >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$RUN_USER"
}

# Whether the login may pass through every folder that is already there.
reachable_by_run_user() {
  local folder=$1
  until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
  as_run_user test -x "$folder"
}

fallback_for() {
  local elsewhere
  elsewhere=/var/tmp/stores-$(short_hash "$1")
  install -d -m 711 "$elsewhere"
  [ "$(stat -c %u "$elsewhere")" -eq 0 ] || die "$elsewhere belongs to somebody else: set STORES_RUN_DIR"
  say "the login $RUN_USER cannot reach $1: using $elsewhere, linked from there" >&2
  install -d "$(dirname "$1")"
  rmdir "$1" 2>/dev/null || true
  ln -sfn "$elsewhere" "$1"
  printf '%s' "$elsewhere"
}

# Runs a command in place as the unprivileged login; without root there is nothing to change.
as_run_user() { "${AS_RUN_USER[@]}" "$@"; }

# A data folder that belongs to the login that the part runs as.
data_dir() {
  install -d -m 700 "$1"
  if am_root; then chown "$RUN_USER:$RUN_USER" "$1"; fi
}
