#!/usr/bin/env bash
# backup.sh full|diff: a backup of the database, with everything since the last one checked to be archived, a copy of
# the stores' files, and what else a new host needs. WAL goes out all the time by itself (archive_command); this is
# what it starts from. Timers of ansible's role backup call it; by hand it may be called at any time.
#
# Where copies of files go is the secret objects_backup_url (https://KEY:SECRET@HOST/BUCKET); BACKUP_OBJECTS=none in
# release.env says that there is none on purpose.
# shellcheck source-path=SCRIPTDIR/../lib source-path=SCRIPTDIR/../lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/lib
RELEASE_LIB=$LIB/release
source "$RELEASE_LIB/say.sh"
source "$RELEASE_LIB/state.sh"
source "$LIB/data.sh"

KIND=${1:-}
case $KIND in full | diff) ;; *) refuse "backup.sh full|diff" ;; esac
open_home
[ "${#STATE_PROBLEMS[@]}" -eq 0 ] || refuse "${STATE_PROBLEMS[@]}"

database() {
  say "the database ($KIND)"
  pgbackrest_there --type="$KIND" backup || fail "pgBackRest made no backup"
  # The log up to now has to arrive, or the backup is one of yesterday.
  pgbackrest_there check || fail "the log is not archived: docs/runbooks/wal-not-archived.md"
}

# mc is MinIO's own client, in its image. Nothing is removed there: the bucket's own rules do that.
objects() {
  local url=$STORES_HOME/secrets/objects_backup_url place
  if [ "${BACKUP_OBJECTS:-}" = none ] || [ "$RELEASE_RUNTIME" = processes ]; then
    warn "the stores' files are not copied (BACKUP_OBJECTS=none)"
    return 0
  fi
  [ -s "$url" ] || fail "there is no $url; BACKUP_OBJECTS=none in release.env says that there shall be none"
  place=$(sed 's|.*/||' "$url")
  say "the stores' files"
  docker exec -e "MC_HOST_backup=$(sed 's|/[^/]*$||' "$url")" stores-minio \
    mc mirror --overwrite --quiet local/stores "backup/$place/stores" || fail "the stores' files were not copied"
  say "certificates and the record of releases"
  tar -C "$STORES_HOME" -cf - --ignore-failed-read releases.log slots acme 2>/dev/null |
    docker exec -i -e "MC_HOST_backup=$(sed 's|/[^/]*$||' "$url")" stores-minio \
      mc pipe --quiet "backup/$place/host/$(date -u +%Y%m%d).tar" || fail "certificates were not copied"
}

database
objects
tell stores_backup.prom "stores_backup_last_success{kind=\"$KIND\"}" "$(date +%s)" stores_backup_seconds "$SECONDS"
say "done"
