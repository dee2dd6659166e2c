# shellcheck shell=bash
# A database out of a backup, beside the one that runs.

DRILL_PORT=${RELEASE_DRILL_PORT:-5532}

# A moment between the end of the last full backup that is a day old or less, and two minutes ago.
random_moment() {
  local from to
  from=$(pgbackrest_there info --output=json |
    jq -r --argjson day "$(($(date +%s) - 86400))" '[.[0].backup[].timestamp.stop] | (map(select(. >= $day)) | min) // max')
  to=$(($(date +%s) - 120))
  case $from in '' | null) fail "there is no backup" ;; esac
  if [ "$to" -le "$from" ]; then to=$((from + 1)); fi
  date -u -d "@$((from + (RANDOM * 32768 + RANDOM) % (to - from) + 1))" '+%F %T+00'
}

drill_begin() { "${RELEASE_RUNTIME}_drill_begin"; }
# in_drill COMMAND…: where its programs and its folder are.
in_drill() { "${RELEASE_RUNTIME}_in_drill" "$@"; }
drill_over() { "${RELEASE_RUNTIME}_drill_over"; }
drill_invariants() { "${RELEASE_RUNTIME}_drill_invariants"; }

# --- compose: a container of the database's own image with a volume of its own; group 65532 reads the secrets

compose_drill_begin() {
  local image
  compose_drill_over
  image=$(docker inspect -f '{{.Config.Image}}' stores-postgres)
  docker network create stores-drill >/dev/null
  docker run --detach --name stores-drill --network stores-drill --user postgres --read-only \
    --tmpfs /tmp --tmpfs /run/postgresql --tmpfs /var/spool/pgbackrest --volumes-from stores-postgres:ro \
    --volume stores-drill-data:/var/lib/postgresql --cap-drop ALL --security-opt no-new-privileges \
    --group-add 65532 --memory 2g --pids-limit 200 --entrypoint sleep "$image" infinity >/dev/null
  DRILL=/var/lib/postgresql/drill
  in_drill mkdir -m 700 "$DRILL"
}

compose_in_drill() { docker exec -i stores-drill "$@"; }

compose_drill_over() {
  docker rm --force stores-drill >/dev/null 2>&1 || true
  docker volume rm --force stores-drill-data >/dev/null 2>&1 || true
  docker network rm stores-drill >/dev/null 2>&1 || true
}

compose_drill_invariants() {
  local file name url options=()
  url=$(<"$STORES_HOME/secrets/database_url")
  for file in "$STORES_HOME"/secrets/*; do
    name=$(basename "$file")
    case $name in *database_url | pgbackrest_repo) continue ;; esac
    if [ -s "$file" ]; then options+=(--env "${name^^}_FILE=/run/secrets/$name"); fi
  done
  # By its name only: a value would stand in the list of processes.
  DATABASE_URL=${url/stores-postgres:5432/stores-drill:$DRILL_PORT} docker run --rm --network stores-drill --read-only --cap-drop ALL --env-file "$SETTINGS" "${options[@]}" \
    --volume "$STORES_HOME/secrets:/run/secrets:ro" \
    --env DATABASE_URL "$(image_of "$(active_slot)" stores)" invariants
}

# --- processes

processes_drill_begin() {
  DRILL=$STORES_HOME/drill
  processes_there rm -rf "$DRILL"
  processes_there mkdir -m 700 "$DRILL"
}

processes_in_drill() { processes_there "$@"; }

processes_drill_over() {
  if [ -e "${DRILL:-/nonexistent}/postmaster.pid" ]; then
    processes_there pg_ctl -D "$DRILL" -m immediate -w stop >/dev/null 2>&1 || true
  fi
  processes_there rm -rf "${DRILL:-/nonexistent}"
}

processes_drill_invariants() {
  (
    set -a
    # shellcheck source=/dev/null
    source "$SETTINGS"
    DATABASE_URL=$(sed -E "s|@[^/]*/|@127.0.0.1:$DRILL_PORT/|" <<<"$DATABASE_URL")
    exec "$(processes_file "$(active_slot)" stores)" invariants
  )
}

# --- both

drill_restore() {
  local options=()
  if [ "$TARGET" != latest ]; then options=(--type=time "--target=$TARGET" --target-action=promote); fi
  in_drill pgbackrest --stanza="$STANZA" --log-level-console=warn --pg1-path="$DRILL" --archive-mode=off \
    "${options[@]}" restore || fail "pgBackRest did not restore"
}

# Settings of its own: it listens to the drill alone, archives nothing, and takes little memory. What a standby must
# have as its primary had comes from the backup's own settings file, where there is one.
drill_start() {
  in_drill sh -c "cat >'$DRILL/drill_hba.conf' <<'TEXT'
local all all trust
host all all samenet trust
host all all 127.0.0.1/32 trust
TEXT
cat >'$DRILL/drill.conf' <<'TEXT'
data_directory = '$DRILL'
hba_file = '$DRILL/drill_hba.conf'
listen_addresses = '*'
port = $DRILL_PORT
unix_socket_directories = '/tmp'
max_connections = 300
shared_buffers = 128MB
archive_mode = off
fsync = off
TEXT
pg_ctl -D '$DRILL' -o \"-c config_file='$DRILL/drill.conf'\" -l '$DRILL/drill.log' -t 900 -W start >/dev/null" ||
    fail "PostgreSQL did not start on what was restored"
}

drill_psql() { in_drill psql -XAtq -h /tmp -p "$DRILL_PORT" -U postgres "$@"; }

drill_recovered() { [ "$(drill_psql -c 'SELECT pg_is_in_recovery()' postgres 2>/dev/null)" = f ]; }

# It ends at its moment: nothing that was committed later is in it.
drill_moment() {
  if [ "$TARGET" = latest ]; then return 0; fi
  [ "$(drill_psql -c "SELECT coalesce(pg_last_xact_replay_timestamp() <= timestamptz '$TARGET', true)" postgres)" = t ]
}

drill_amcheck() { in_drill pg_amcheck -h /tmp -p "$DRILL_PORT" -U postgres --install-missing --database=stores_db; }

# Orders placed until ten seconds before the target: later ones may not have been committed then.
drill_counts() {
  local until query here there_
  until=$(if [ "$TARGET" = latest ]; then drill_psql -c "SELECT max(placed_at) FROM orders.\"order\"" stores_db; else printf '%s' "$TARGET"; fi)
  query="SELECT count(*) FROM orders.\"order\" WHERE placed_at < timestamptz '${until:-now}' - interval '10 seconds'"
  here=$(drill_psql -c "$query" stores_db)
  there_=$(live_psql -c "$query" stores_db)
  say "$here orders until then, the running database says $there_"
  [ "$here" = "$there_" ]
}

live_psql() {
  if [ "$RELEASE_RUNTIME" = compose ]; then
    compose_there psql -XAtq "$@"
  else
    processes_there env PGPASSWORD="${RELEASE_PG_PASSWORD:-}" psql -XAtq -h 127.0.0.1 -p "${RELEASE_PG_PORT:?}" -U postgres "$@"
  fi
}
