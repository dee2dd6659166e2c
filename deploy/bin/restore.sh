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
source "$LIB/host.sh"

TARGET=${1:-}
[ -n "$TARGET" ] || refuse "restore.sh latest|'2026-11-30 14:00:00+00'"
ENVIRONMENT=${RESTORE_CONFIRM:-}
[ -n "$ENVIRONMENT" ] || refuse "this replaces the whole database: say which environment's, RESTORE_CONFIRM=ENV"
this_host
[ "$RELEASE_RUNTIME" = compose ] || refuse "restore.sh replaces a server's database; elsewhere there is restore-drill.sh"
meant_for_this_host
options=(--delta)
if [ "$TARGET" != latest ]; then
  check_moment "$TARGET"
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
  rules_hold slot_tool "$ACTIVE" invariants || fail "an invariant does not hold; the slots stay stopped"
  say "start $ACTIVE"
  slot_again "$ACTIVE"
  within 60 slot_ready "$ACTIVE" || fail "not ready: $(slot_unready "$ACTIVE")"
  within 30 door_is "$ACTIVE" || fail "the door does not answer from $ACTIVE"
fi
say "done; a new full backup begins the new timeline: deploy/bin/backup.sh full"
