# shellcheck shell=bash
# Where the database and its backups are, in the two forms that releases have too: containers, and plain processes
# (deploy/check/restores.sh). What is run where pgBackRest and PostgreSQL's programs are goes through `there`.

STANZA=stores
TEXTFILES=${STORES_TEXTFILES:-/var/lib/node_exporter/textfile}

# there COMMAND…: beside the running database.
there() { "${RELEASE_RUNTIME}_there" "$@"; }

compose_there() { docker exec -i -u postgres stores-postgres "$@"; }

# RELEASE_AS is how one becomes the database's login, e.g. "setpriv --reuid …"; RELEASE_PG_BIN its programs' folder.
processes_there() {
  local as=()
  read -ra as <<<"${RELEASE_AS:-env}"
  "${as[@]}" env PATH="${RELEASE_PG_BIN:?}:$PATH" PGBACKREST_CONFIG="${PGBACKREST_CONFIG:?}" "$@"
}

pgbackrest_there() { there pgbackrest --stanza="$STANZA" --log-level-console=warn "$@"; }

# tell NAME VALUE [NAME VALUE …]: for Prometheus, by node_exporter's folder of text files.
tell() {
  local file=$TEXTFILES/$1
  shift
  [ -d "$TEXTFILES" ] || { warn "there is no $TEXTFILES: nobody is told"; return 0; }
  : >"$file.new"
  while [ "$#" -gt 1 ]; do
    printf '%s %s\n' "$1" "$2" >>"$file.new"
    shift 2
  done
  chmod 644 "$file.new"
  mv "$file.new" "$file"
}

# data.yml alone is no project: its networks are made by edge.yml.
compose_data() {
  (cd "$STORES_HOME/compose" && exec docker compose --env-file images.env --env-file .env -f data.yml -f edge.yml "$@")
}

# rules_hold COMMAND…: `stores invariants` of a restored database. What was under way at its moment, or waited for a
# person, is as it was, and nobody goes on with it there: the rules about that (I7, events) are for a platform that runs.
rules_hold() {
  local said result=0 answered
  said=$("$@") || result=$?
  printf '%s\n' "$said"
  answered=$(sed -n 's/^\(PASS\|FAIL\)  \([a-z]*\): .*/\2/p' <<<"$said" | sort -u | wc -l)
  # All services but the storefront, which has no database.
  [ "$answered" -eq $((${#SERVICES[@]} - 1)) ] || return 1
  if [ "$result" -eq 0 ]; then return 0; fi
  said=$(grep '^FAIL' <<<"$said") && ! grep -qvE ': (I7 |every event was published)' <<<"$said"
}
