# shellcheck shell=bash
# One honest sum over everything that was tried.

PASSED=0
FAILED=0
IGNORED=0
FAILURES=()

heading() { printf '\n== %s\n' "$*"; }

failed() {
  FAILED=$((FAILED + 1))
  FAILURES+=("$1")
}

# holds NAME COMMAND…: one check, by its exit code.
holds() {
  local name=$1
  shift
  if "$@"; then
    PASSED=$((PASSED + 1))
    say "ok: $name"
  else
    failed "$name"
    say "FAILED: $name"
  fi
}

# counted NAME COMMAND…: a command that reports as cargo does; a crash or a build that fails is a failure too.
counted() {
  local name=$1 log result=0 passed failures ignored
  shift
  log=$STORES_RUN_DIR/logs/${name// /-}.log
  "$@" 2>&1 | tee "$log" || result=$?
  read -r passed failures ignored < <(sums "$log")
  PASSED=$((PASSED + passed))
  FAILED=$((FAILED + failures))
  IGNORED=$((IGNORED + ignored))
  if [ "$failures" -gt 0 ]; then FAILURES+=("$name: $failures"); fi
  if [ "$result" -ne 0 ] && [ "$failures" -eq 0 ]; then failed "$name ended with $result"; fi
  if [ "$result" -eq 0 ] && [ "$passed" -eq 0 ]; then failed "$name ran no test"; fi
}

sums() {
  awk '/^test result: / { sub(/^test result: [a-zA-Z]+\. /, ""); split($0, part, "; ")
         passed += part[1]; failed += part[2]; ignored += part[3] }
       END { print passed + 0, failed + 0, ignored + 0 }' "$1"
}

verdict() {
  printf '\n'
  local line
  for line in "${FAILURES[@]}"; do say "FAILED: $line"; done
  if [ "$IGNORED" -gt 0 ]; then say "$IGNORED ignored"; fi
  printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
  [ "$FAILED" -eq 0 ]
}
