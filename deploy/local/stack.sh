#!/usr/bin/env bash
# The platform on one machine, without containers: real PostgreSQL, Redis, RabbitMQ, S3 and Traefik
# under one folder. `make up` and `make test` call this; `stack.sh help` lists what it can do.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)

for part in say settings process packages secrets postgres redis rabbitmq infra; do
  # shellcheck source=/dev/null
  source "$HERE/lib/$part.sh"
done

usage() {
  cat <<'TEXT'
stack.sh infra up|down|status   PostgreSQL, Redis and RabbitMQ
TEXT
}

main() {
  local word="${1:-help} ${2:-}"
  case "${word% }" in
    "infra up") prepare_run_dir && locked infra_up ;;
    "infra down") prepare_run_dir && locked infra_down ;;
    "infra status") prepare_run_dir && infra_status ;;
    help | --help | -h) usage ;;
    *)
      usage >&2
      die "unknown: $*"
      ;;
  esac
}

main "$@"
