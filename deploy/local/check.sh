#!/usr/bin/env bash
# `make test`, `make journey`, `make browser`, `make bench`, `make bench-web` and `make lint`. Tests get a platform of their own, fresh,
# on other ports than `make up`, and take it down again, however they end.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)
cd "$CHECKOUT"

# Neither a .env nor a sourced .run/env moves the tests' platform, and none of its variables reaches a test.
TEST_RUN_DIR=${STORES_TEST_RUN_DIR:-$CHECKOUT/.run/test}
TEST_CACHE_DIR=${STORES_CACHE_DIR:-}
SLOWNESS=${STORES_E2E_SLOWNESS:-1}
while IFS='=' read -r name _; do unset "$name"; done < <(grep -E '^[A-Z][A-Z0-9_]*=' .env.example)
unset "${!STORES_@}"
export STORES_IGNORE_DOTENV=1 STORES_ENV=test STORES_RUN_DIR=$TEST_RUN_DIR STORES_E2E_SLOWNESS=$SLOWNESS
if [ -n "$TEST_CACHE_DIR" ]; then export STORES_CACHE_DIR=$TEST_CACHE_DIR; fi

source "$HERE/lib/say.sh"
source "$HERE/lib/settings.sh"
source "$HERE/lib/rundir.sh"
source "$HERE/lib/process.sh"
source "$HERE/lib/packages.sh"
source "$HERE/lib/build.sh"
source "$HERE/lib/web.sh"
source "$HERE/lib/traefik.sh"
source "$HERE/lib/counting.sh"
source "$HERE/lib/fixture.sh"

run_tests() {
  checks_of_files
  checks_of_servers
  checks_of_web
  fixture_up
  heading "cargo test"
  counted "cargo test" cargo test --workspace --exclude journeys --exclude bench --no-fail-fast
  if journeys_up; then
    journeys
    in_the_browser
  fi
  verdict
}

run_journeys() {
  fixture_up
  if journeys_up; then journeys; fi
  verdict
}

# Shops and the panel in Debian's Chromium.
run_browser() {
  fixture_up
  if journeys_up; then in_the_browser; fi
  verdict
}

run_screenshots() {
  fixture_up
  if journeys_up; then screenshots; fi
  verdict
}

# The whole platform, for everything that is tried from outside.
journeys_up() {
  heading "the whole platform"
  # Each service alone, so that one can be killed; and all shoppers come from one address.
  STORES_PROCESSES=each STORES_FAULTS=yes STORES_TRACES=yes SKIP_RATE_LIMIT_FOR_E2E=true "$HERE/stack.sh" up >"$STORES_RUN_DIR/logs/up.log" 2>&1 || {
    tail -n 30 "$STORES_RUN_DIR/logs/up.log" >&2
    failed "the platform did not come up for the journeys"
    return 1
  }
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
}

journeys() {
  heading "journeys"
  holds "the API client is what the services' documents say" api_client_is_current
  counted journeys cargo test -p journeys --no-fail-fast
}

# What a busy machine spoils is tried once more; the list shows that it was.
in_the_browser() {
  heading "in the browser"
  browser_packages
  STORES_E2E_SLOWNESS=2 STORES_E2E_RETRIES=1 counted browser web_in npm run --silent e2e
}

screenshots() {
  heading "screenshots"
  browser_packages
  export STORES_SCREENSHOTS=$STORES_RUN_DIR/screenshots
  rm -rf "$STORES_SCREENSHOTS"
  counted screenshots web_in npm run --silent screenshots
  say "they are in $STORES_SCREENSHOTS"
}

# Every part in every kind of trouble; `make test` has the short form.
run_faults() {
  fixture_up
  heading "faults"
  STORES_PROCESSES=each STORES_FAULTS=all SKIP_RATE_LIMIT_FOR_E2E=true "$HERE/stack.sh" up >"$STORES_RUN_DIR/logs/up.log"
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
  STORES_FAULTS=all counted faults cargo test -p journeys --test faults
  verdict
}

run_bench() {
  export RELEASE=1
  fixture_up
  bench_over one start reads flash events webhooks
  # What an order costs and what an import holds is told apart by service.
  bench_over each orders import
  PASSED=1
}

# Parts of the bench over a platform whose services are one process, or each one. All shoppers come from one address.
bench_over() {
  STORES_PROCESSES=$1 SKIP_RATE_LIMIT_FOR_E2E=true "$HERE/stack.sh" up >"$STORES_RUN_DIR/logs/up.log"
  shift
  # shellcheck source=/dev/null
  (source "$STORES_RUN_DIR/env" && cargo run --quiet --release -p bench "$@")
}

# Each service alone, so that each one's processor time is known.
run_bench_web() {
  export RELEASE=1
  fixture_up
  STORES_PROCESSES=each SKIP_RATE_LIMIT_FOR_E2E=true "$HERE/stack.sh" up >"$STORES_RUN_DIR/logs/up.log"
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
  browser_packages
  cargo build --quiet --release -p bench
  BENCH_PROGRAM=$(program bench) web_in npm run --silent bench
  PASSED=1
}

run_lint() {
  prepare_run_dir
  toolchain
  heading "format and clippy"
  holds "cargo fmt" cargo fmt --all -- --check
  holds "cargo clippy" cargo clippy --quiet --workspace --all-targets -- -D warnings
  checks_of_files
  checks_of_servers
  need age command -v age-keygen
  need postgresql-15 sh -c 'ls /usr/lib/postgresql/*/bin/postgres'
  install_missing
  # Every role twice: minutes, and nothing that the tests touch.
  holds "Terraform and Ansible" deploy/check/servers.sh
  checks_of_web
  if [ -n "${DENY:-}" ]; then
    command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
    holds "cargo deny" cargo deny --all-features check
  fi
  verdict
}

# The panel and the API client: format, unused parts, types, tests and the build with its budget.
checks_of_web() {
  heading "web"
  prepare_run_dir
  holds "web/" web_is_sound
}

web_is_sound() { (web_packages && web_run web-check npm run --silent check); }

api_client_is_current() {
  (STORES_URL=http://$BASE_DOMAIN:$STORES_HTTP_PORT web_run api-client npm run --silent check-generated)
}

# What is cheap and needs nothing to run.
checks_of_files() {
  heading "scripts and settings"
  prepare_run_dir
  need shellcheck command -v shellcheck
  install_missing
  holds "shellcheck" shellcheck -x deploy/local/*.sh .ci/run deploy/*.sh deploy/bin/*.sh deploy/check/*.sh \
    deploy/ci/*.sh deploy/kubernetes/*.sh deploy/secrets/*.sh
  holds ".env.example names what the configuration reads" "$HERE/env-example.sh"
}

# What servers are made of, by the tools themselves, without a server. Each script says what is wrong.
checks_of_servers() {
  heading "servers"
  prepare_run_dir
  need jq command -v jq
  need python3 command -v python3
  need python3-venv python3 -c 'import venv, ensurepip'
  need openssl command -v openssl
  need prometheus command -v promtool
  need prometheus-alertmanager command -v amtool
  install_missing
  traefik_install
  export STORES_CACHE_DIR
  holds "releases that are not complete are refused" deploy/check/release.sh
  holds "secrets are changed step by step" deploy/check/secrets.sh
  holds "alerts, dashboards and their pages" deploy/check/watching.sh
  holds "pipeline and Kubernetes" deploy/check/files.sh
  holds "containers and the door" deploy/check/containers.sh
}

case ${1:-} in
  test) run_tests ;;
  journey) run_journeys ;;
  faults) run_faults ;;
  browser) run_browser ;;
  screenshots) run_screenshots ;;
  bench) run_bench ;;
  bench-web) run_bench_web ;;
  lint) run_lint ;;
  *) die "check.sh test|journey|browser|screenshots|faults|bench|bench-web|lint" ;;
esac
