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

compose_data() {
  (cd "$STORES_HOME/compose" && exec docker compose --env-file images.env --env-file .env -f data.yml "$@")
}
