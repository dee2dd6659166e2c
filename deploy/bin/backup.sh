#!/usr/bin/env bash
# backup.sh full|diff: a backup of the database, with everything since the last one checked to be archived, a copy of
# the stores' files, and what else a new host needs. WAL goes out all the time by itself (archive_command); this is
# what it starts from. Timers of ansible's role backup call it; by hand it may be called at any time.
#
# Copies of the stores' files go where the file secrets/objects_backup_url says (https://KEY:SECRET@HOST/BUCKET, a key
# that cannot delete). Without it there are none, and the alert FilesNotCopied says so.
# shellcheck source-path=SCRIPTDIR/../lib source-path=SCRIPTDIR/../lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/lib
source "$LIB/host.sh"

KIND=${1:-}
case $KIND in full | diff) ;; *) refuse "backup.sh full|diff" ;; esac
this_host

database() {
  say "the database ($KIND)"
  pgbackrest_there --type="$KIND" backup || fail "pgBackRest made no backup"
  # The log up to now has to arrive, or the backup is one of yesterday.
  pgbackrest_there check || fail "the log is not archived: docs/runbooks/wal-not-archived.md"
}

# mc is MinIO's own client, in its image. It removes nothing there: the bucket's own rules do that.
mc() { docker exec -i -e MC_HOST_backup stores-minio mc --quiet "$@"; }

objects() {
  local url=$STORES_HOME/secrets/objects_backup_url bucket
  COPIED=()
  if [ ! -s "$url" ]; then
    warn "there is no $url: the stores' files are in no backup"
    return 0
  fi
  bucket=$(sed 's|.*/||' "$url")
  # Its name only on the command line: the value comes from this environment.
  MC_HOST_backup=$(sed 's|/[^/]*$||' "$url")
  export MC_HOST_backup
  say "the stores' files"
  mc mirror --overwrite local/stores "backup/$bucket/stores" || fail "the stores' files were not copied"
  say "the record of releases"
  tar -C "$STORES_HOME" -cf - releases.log slots | mc pipe "backup/$bucket/host/$(date -u +%Y%m%d).tar" ||
    fail "the record of releases was not copied"
  COPIED=(stores_backup_files_last_success "$(date +%s)")
}

database
objects
tell stores_backup.prom "stores_backup_last_success{kind=\"$KIND\"}" "$(date +%s)" stores_backup_seconds "$SECONDS" \
  "${COPIED[@]}"
say "done"
