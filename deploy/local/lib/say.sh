# shellcheck shell=bash
# Words to the person at the terminal.

say() { printf '  %s\n' "$*"; }

warn() { printf '  ! %s\n' "$*" >&2; }

die() {
  printf '\n  ✗ %s\n' "$1" >&2
  shift
  local line
  for line in "$@"; do printf '    %s\n' "$line" >&2; done
  exit 1
}
