# shellcheck shell=bash
# Words to who watches a release, each with the seconds since its start.

say() { printf '%4ss  %s\n' "$SECONDS" "$*"; }

warn() { printf '%4ss  ! %s\n' "$SECONDS" "$*" >&2; }

# refuse PROBLEM…: nothing was changed.
refuse() {
  local problem
  printf 'Refused; nothing was changed:\n' >&2
  for problem in "$@"; do printf '  - %s\n' "$problem" >&2; done
  exit 2
}

# fail WHAT: traffic is where it was.
fail() {
  printf '%4ss  ✗ %s\n' "$SECONDS" "$*" >&2
  exit 1
}

# within SECONDS COMMAND…: repeats until it succeeds.
within() {
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.2
  done
}
