#!/usr/bin/env bash
# restore-drill.sh [latest|random|TIME]: restores a backup beside the running system (default: to a random moment of
# the last day), starts PostgreSQL on it, and proves that it is worth something: pg_amcheck, `stores invariants`, and
# as many orders as the running database had at that moment. Tells Prometheus how long it took and when it last went
# well. Nothing that serves is touched; all that it made is removed.
# shellcheck source-path=SCRIPTDIR/../lib source-path=SCRIPTDIR/../lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/lib
RELEASE_LIB=$LIB/release
source "$RELEASE_LIB/say.sh"
source "$RELEASE_LIB/state.sh"
source "$RELEASE_LIB/checks.sh"
source "$RELEASE_LIB/slots.sh"
source "$LIB/data.sh"
source "$LIB/drill.sh"

TARGET=${1:-random}
open_home
[ "${#STATE_PROBLEMS[@]}" -eq 0 ] || refuse "${STATE_PROBLEMS[@]}"
read_settings
if [ "$TARGET" = random ]; then TARGET=$(random_moment); fi
if [ "$TARGET" != latest ]; then
  date -d "$TARGET" >/dev/null 2>&1 || refuse "$TARGET is no time, such as '2026-11-30 14:00:00+00'"
fi
exec 9>"$STORES_HOME/drill.lock"
flock -n 9 || refuse "another drill is going on"
trap drill_over EXIT
drill_begin
say "restore to $TARGET, beside what runs"
drill_restore
RESTORED=$SECONDS
say "start"
drill_start
within 900 drill_recovered || fail "not at the target after 15 minutes"
say "pg_amcheck"
drill_amcheck || fail "pg_amcheck found damage"
say "stores invariants"
drill_invariants || fail "an invariant does not hold in the restored database"
say "orders"
drill_counts || fail "the restored database has other orders than the running one had at $TARGET"
tell restore_drill.prom restore_drill_last_success "$(date +%s)" restore_drill_seconds "$SECONDS" \
  restore_drill_restore_seconds "$RESTORED"
say "done: restored in $RESTORED s, proved in $SECONDS s"
