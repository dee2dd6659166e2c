# shellcheck shell=bash
# What the machine lacks, from its own package manager. Nothing is done when all is there.

as_root() {
  if am_root; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 1
  fi
}

# need PACKAGE CHECK…: remembers the package when the check fails.
MISSING=()
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || MISSING+=("$package")
}

install_missing() {
  [ "${#MISSING[@]}" -gt 0 ] || return 0
  local packages=("${MISSING[@]}")
  MISSING=()
  command -v apt-get >/dev/null || die "these are missing: ${packages[*]}" \
    "This machine has no apt-get: install them by hand and try again."
  say "installing ${packages[*]} (Debian packages)"
  local log=$STORES_RUN_DIR/logs/apt.log
  if ! without_autostart apt_install "${packages[@]}" >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    die "the packages could not be installed" \
      "As root: apt-get update && apt-get install --no-install-recommends ${packages[*]}" "log: $log"
  fi
}

apt_install() {
  as_root apt-get update -q &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" &&
    forget_services "$@"
}

# The packages would start their own server on the usual port; ours live beside it. Debian asks
# policy-rc.d before a package starts a service.
without_autostart() {
  local policy=/usr/sbin/policy-rc.d placed=false result=0
  if [ ! -e "$policy" ] && printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null; then
    placed=true
    as_root chmod 755 "$policy"
  fi
  "$@" || result=$?
  if $placed; then as_root rm -f "$policy"; fi
  return "$result"
}

# Where systemd runs, what we installed shall not come up at the next boot either.
forget_services() {
  [ -d /run/systemd/system ] || return 0
  local package
  for package in "$@"; do
    case $package in
      postgresql-*) as_root systemctl disable --quiet postgresql || true ;;
      prometheus | prometheus-alertmanager) as_root systemctl disable --quiet "$package" || true ;;
      redis-server) as_root systemctl disable --quiet redis-server || true ;;
      rabbitmq-server) as_root systemctl disable --quiet rabbitmq-server epmd.socket || true ;;
    esac
  done
}
