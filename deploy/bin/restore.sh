#!/usr/bin/env bash
# RESTORE_CONFIRM=ENV restore.sh latest|'2026-11-30 14:00:00+00': puts the database back to the end of its log, or to a
# moment. What came after that moment is gone from the database: export what can be told apart first
# (docs/runbooks/database-lost.md; for one store only: docs/runbooks/restore-one-tenant.md).
#
# Steps: stop the slots (people get 503), stop PostgreSQL (its last log is archived), restore over its folder, start,
# migrate, prove the invariants, start the slot that had the traffic. Events are told again from the outbox by the
# services themselves; RabbitMQ needs nothing.
# shellcheck source-path=SCRIPTDIR/../lib source-path=SCRIPTDIR/../lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/lib
RELEASE_LIB=$LIB/release
source "$RELEASE_LIB/say.sh"
source "$RELEASE_LIB/state.sh"
source "$RELEASE_LIB/checks.sh"
source "$RELEASE_LIB/slots.sh"
source "$RELEASE_LIB/flip.sh"
source "$RELEASE_LIB/canary.sh"
source "$LIB/data.sh"

TARGET=${1:-}
[ -n "$TARGET" ] || refuse "restore.sh latest|'2026-11-30 14:00:00+00'"
ENVIRONMENT=${RESTORE_CONFIRM:-}
[ -n "$ENVIRONMENT" ] || refuse "this replaces the whole database: say which environment's, RESTORE_CONFIRM=ENV"
open_home
[ "${#STATE_PROBLEMS[@]}" -eq 0 ] || refuse "${STATE_PROBLEMS[@]}"
[ "$RELEASE_RUNTIME" = compose ] || refuse "restore.sh replaces a server's database; elsewhere there is restore-drill.sh"
read_settings
stated=$(setting STORES_ENV)
case $ENVIRONMENT in prod) wanted=production ;; dev) wanted=development ;; *) wanted=$ENVIRONMENT ;; esac
[ "$stated" = "$wanted" ] || refuse "RESTORE_CONFIRM is $ENVIRONMENT, and this host is $stated"
# shellcheck disable=SC2034  # for door
DOMAIN=$(setting BASE_DOMAIN)
options=(--delta)
if [ "$TARGET" != latest ]; then
  date -d "$TARGET" >/dev/null 2>&1 || refuse "$TARGET is no time, such as '2026-11-30 14:00:00+00'"
  options+=(--type=time "--target=$TARGET" --target-action=promote)
fi
pgbackrest_there info >/dev/null 2>&1 || warn "the database's container does not run: the last log may not be archived"
one_at_a_time

recovered() { [ "$(there psql -XAtqc 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; }

ACTIVE=$(active_slot)
say "stop the slots"
for slot in blue green; do if [ -e "$(slot_manifest "$slot")" ]; then slot_stop "$slot" >/dev/null 2>&1 || true; fi; done
say "stop PostgreSQL"
compose_data stop --timeout 120 stores-postgres
say "restore to $TARGET"
compose_data run --rm --no-deps -T --user postgres --entrypoint pgbackrest stores-postgres \
  --stanza="$STANZA" --log-level-console=warn "${options[@]}" restore ||
  fail "pgBackRest did not restore; the database is stopped. Run it again, or with another time"
say "start PostgreSQL"
compose_data up --detach --no-build stores-postgres
within 900 recovered || fail "PostgreSQL has not reached the target after 15 minutes: docker logs stores-postgres"
say "the database is at $TARGET"
if [ -n "$ACTIVE" ]; then
  slot_tool "$ACTIVE" migrate || fail "the migration failed"
  slot_tool "$ACTIVE" invariants || fail "an invariant does not hold; the slots stay stopped"
  say "start $ACTIVE"
  slot_again "$ACTIVE"
  within 60 slot_ready "$ACTIVE" || fail "not ready: $(slot_unready "$ACTIVE")"
  within 30 door_is "$ACTIVE" || fail "the door does not answer from $ACTIVE"
fi
say "done; a new full backup begins the new timeline: deploy/bin/backup.sh full"
