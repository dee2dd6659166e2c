#!/usr/bin/env bash
# Whether what watches the platform holds: Prometheus's rules and their tests by promtool, Alertmanager's file by
# amtool, every alert with its page and its test, dashboards and alerts that ask only for what somebody tells, and the
# dashboards as make.py makes them. promtool and amtool are Debian's packages prometheus and prometheus-alertmanager.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cd "$HERE/../obs"
FAILED=0

quietly() {
  local said
  said=$("$@" 2>&1) && return 0
  printf '%s:\n%s\n' "$*" "$said" >&2
  FAILED=1
}

quietly promtool check rules rules/*.yml
quietly promtool test rules rules-tests/*.yml
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# The files that it names lie elsewhere on a host.
sed "s|/etc/prometheus/|$PWD/|" prometheus.yml >"$scratch/prometheus.yml"
quietly promtool check config "$scratch/prometheus.yml"
# Debian's amtool is older than url_file.
sed 's|url_file: [^,}]*|url: "http://localhost/"|' alertmanager.yml >"$scratch/alertmanager.yml"
quietly amtool check-config "$scratch/alertmanager.yml"
quietly python3 grafana/make.py --check
quietly python3 "$HERE/policy/watching.py"
exit "$FAILED"
