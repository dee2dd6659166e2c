# shellcheck shell=bash
# Starting and stopping: each part leads a session of its own and is known by pid and start time,
# so that a number which the kernel gave to somebody else is never mistaken for ours.

log_of() { printf '%s/logs/%s.log' "$STORES_RUN_DIR" "$1"; }

started_at() { awk '{ sub(/.*\) /, ""); print $20 }' "/proc/$1/stat" 2>/dev/null; }

# Prints the pid of a part that runs; fails when it does not.
pid_of() {
  local pid start
  read -r pid start 2>/dev/null <"$STORES_RUN_DIR/pids/$1" || return 1
  [ -n "$start" ] && [ "$(started_at "$pid")" = "$start" ] || return 1
  # A zombie has ended; only its parent has not looked yet.
  ! grep -q '^State:\sZ' "/proc/$pid/status" 2>/dev/null || return 1
  printf '%s' "$pid"
}

runs() { pid_of "$1" >/dev/null; }

# launch NAME COMMAND…: in the background, in a session of its own, output to its log.
launch() {
  local name=$1 log
  shift
  log=$(log_of "$name")
  printf -- '--- %s start\n' "$(date -u +%FT%TZ)" >>"$log"
  setsid "$@" </dev/null >>"$log" 2>&1 9>&- &
  local pid=$!
  # setsid and setpriv replace themselves, so pid and start time stay.
  printf '%s %s\n' "$pid" "$(started_at "$pid")" >"$STORES_RUN_DIR/pids/$name"
}

# launch_kept NAME COMMAND…: the same under a supervisor, which starts it again when it dies.
launch_kept() {
  local name=$1
  shift
  launch "$name" "$HERE/supervise.sh" "$STORES_RUN_DIR/pids/$name.child" "$@"
}

# unless_current NAME PROGRAM PORT_VARIABLE…: succeeds when the part has to be started, having
# stopped one that runs with an older program or other variables.
unless_current() {
  local name=$1 program=$2 variable made_of
  shift 2
  made_of=$(stat -c '%n %i %Y' "$program" && sha256sum <"$STORES_RUN_DIR/env")
  if runs "$name" && [ "$made_of" = "$(cat "$STORES_RUN_DIR/pids/$name.made-of" 2>/dev/null)" ]; then
    return 1
  fi
  halt "$name"
  for variable in "$@"; do claim "${!variable}" "$variable"; done
  printf '%s' "$made_of" >"$STORES_RUN_DIR/pids/$name.made-of"
}

# halt NAME [SIGNAL] [SECONDS]: asks politely, then not.
halt() {
  local name=$1 signal=${2:-TERM} limit=${3:-20} pid
  if ! pid=$(pid_of "$name"); then
    rm -f "$STORES_RUN_DIR/pids/$name"
    return 0
  fi
  kill "-$signal" "$pid" 2>/dev/null || true
  if ! within "$limit" gone "$pid"; then
    warn "$name did not stop in $limit s: killed"
  fi
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -f "$STORES_RUN_DIR/pids/$name"
}

gone() { [ ! -e "/proc/$1" ] || grep -q '^State:\sZ' "/proc/$1/status" 2>/dev/null; }

# within SECONDS COMMAND…: repeats until it succeeds.
within() {
  local until=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$until" ] || return 1
    sleep 0.1
  done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# ready NAME SECONDS CHECK…: waits for a part that was launched; its last words when it fails.
ready() {
  local name=$1 limit=$2
  shift 2
  within "$limit" ready_or_dead "$name" "$@" && runs "$name" && "$@" && return 0
  tail -n 15 "$(log_of "$name")" >&2 || true
  if runs "$name"; then halt "$name"; fi
  die "$name did not become ready" "its log: $(log_of "$name")"
}

ready_or_dead() {
  local name=$1
  shift
  "$@" || ! runs "$name" || keeps_dying "$name"
}

# Five ends since its last start: a supervisor would go on trying, a person wants to know.
keeps_dying() {
  [ "$(tac "$(log_of "$1")" | sed '/^--- .* start$/q' | grep -c '^--- .* ended with')" -ge 5 ]
}

# claim PORT VARIABLE: the port must be free before a part of ours takes it.
claim() {
  ! listening "$1" || die "port $1 is taken by another program" \
    "Set $2 to a free port, or STORES_PORT_OFFSET to move all of them."
}

# One stack.sh at a time for a run folder.
locked() {
  exec 9>"$STORES_RUN_DIR/lock"
  flock -w 300 9 || die "another stack.sh works on $STORES_RUN_DIR since 5 minutes"
  "$@"
}
