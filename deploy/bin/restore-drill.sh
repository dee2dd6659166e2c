#!/usr/bin/env bash
# restore-drill.sh [latest|random|TIME]: restores a backup beside the running system (default: to a random moment of
# the last day), starts PostgreSQL on it, and proves that it is worth something: pg_amcheck, `stores invariants`, and
# as many orders as the running database had at that moment. Tells Prometheus how long it took and when it last went
# well. Nothing that serves is touched; all that it made is removed.
# shellcheck source-path=SCRIPTDIR/../lib source-path=SCRIPTDIR/../lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/lib
source "$LIB/host.sh"
source "$LIB/drill.sh"

TARGET=${1:-random}
this_host
if [ "$TARGET" = random ]; then TARGET=$(random_moment); fi
if [ "$TARGET" != latest ]; then check_moment "$TARGET"; fi
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
drill_moment || fail "what was restored is younger than $TARGET"
say "pg_amcheck"
drill_amcheck || fail "pg_amcheck found damage"
say "stores invariants"
rules_hold drill_invariants || fail "an invariant does not hold in the restored database"
say "orders"
drill_counts || fail "the restored database has other orders than the running one had at $TARGET"
tell restore_drill.prom restore_drill_last_success "$(date +%s)" restore_drill_seconds "$SECONDS" \
  restore_drill_restore_seconds "$RESTORED"
say "done: restored in $RESTORED s, proved in $SECONDS s"
