#!/usr/bin/env bash
# The platform on one machine, without containers: real PostgreSQL, Redis, RabbitMQ, S3 and Traefik
# under one folder. `make up` and `make test` call this; `stack.sh help` lists what it can do.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)

source "$HERE/lib/say.sh"
source "$HERE/lib/dotenv.sh"
source "$HERE/lib/settings.sh"
source "$HERE/lib/rundir.sh"
source "$HERE/lib/process.sh"
source "$HERE/lib/packages.sh"
source "$HERE/lib/secrets.sh"
source "$HERE/lib/postgres.sh"
source "$HERE/lib/redis.sh"
source "$HERE/lib/rabbitmq.sh"
source "$HERE/lib/infra.sh"
source "$HERE/lib/build.sh"
source "$HERE/lib/simulators.sh"
source "$HERE/lib/services.sh"
source "$HERE/lib/traefik.sh"
source "$HERE/lib/web.sh"
source "$HERE/lib/platform.sh"

usage() {
  cat <<'TEXT'
stack.sh up            everything, built when needed, until it answers
stack.sh down          stops everything, keeps the data
stack.sh status        what runs
stack.sh logs          follows all logs
stack.sh psql [ARGS]   the database, as its owner
stack.sh clean-data    erases the data, after asking
stack.sh base up       PostgreSQL, Redis, RabbitMQ, S3 and the simulators, for tests
stack.sh infra up|down|status        PostgreSQL, Redis and RabbitMQ alone
stack.sh part up|down NAME           one of: postgres redis rabbitmq s3 stripe services traefik
TEXT
}

infra() {
  case ${1:-} in
    up) locked infra_up && status ;;
    down) locked infra_down ;;
    status) status ;;
    *) die "infra what? up, down or status" ;;
  esac
}

# For fault tests: one part goes and comes back while the others run.
part() {
  local direction=${1:-} name=${2:-}
  case $direction in up | down) ;; *) die "part up|down NAME" ;; esac
  [[ " ${PARTS[*]} " == *" $name "* ]] || die "unknown part: $name" "${PARTS[*]}"
  load_secrets
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
  locked "${name}_$direction"
}

main() {
  local word=${1:-help}
  shift || true
  case $word in
    help | --help | -h)
      usage
      return
      ;;
    up | down | status | logs | psql | clean-data | base | infra | part) ;;
    *)
      usage >&2
      die "unknown: $word"
      ;;
  esac
  prepare_run_dir
  case $word in
    up) locked platform_up ;;
    down) locked platform_down ;;
    status) status ;;
    logs) follow_logs ;;
    psql) open_psql "$@" ;;
    clean-data) locked clean_data ;;
    base) locked base_up ;;
    infra) infra "$@" ;;
    part) part "$@" ;;
  esac
}

main "$@"
