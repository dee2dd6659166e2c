# shellcheck shell=bash
# A platform for one run of the tests: fresh data, ports of its own, gone afterwards.

fixture_up() {
  prepare_run_dir
  exec 8>"$STORES_RUN_DIR/fixture.lock"
  flock -n 8 || die "another test run of this checkout is going on"
  trap fixture_down EXIT
  # Leftovers of a run that was killed.
  CONFIRM=yes "$HERE/stack.sh" clean-data >/dev/null 8>&-
  STORES_PORT_OFFSET=$(free_offset)
  export STORES_PORT_OFFSET
  heading "a platform for the tests (ports +$STORES_PORT_OFFSET, $STORES_RUN_DIR)"
  "$HERE/stack.sh" base up 8>&-
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
}

# The first hundred in which every port is free.
free_offset() {
  local offset port
  for offset in 100 200 300 400 500 600 700 800 900; do
    for port in 3000 8080 8001 8002 8003 8004 8005 8006 8007 5442 6389 5682 15682 25682 4379 \
      9010 9020 9030 9040 9050 9060 4318; do
      ! listening $((port + offset)) || continue 2
    done
    printf '%s' "$offset"
    return 0
  done
  die "no free ports for the tests"
}

fixture_down() {
  local result=$?
  exec 8>&-
  if [ "$result" -eq 0 ]; then
    CONFIRM=yes "$HERE/stack.sh" clean-data >/dev/null
  else
    "$HERE/stack.sh" down >/dev/null
    say "the logs of this run are in $STORES_RUN_DIR/logs"
  fi
}
