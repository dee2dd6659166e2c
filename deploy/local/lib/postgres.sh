# shellcheck shell=bash
# PostgreSQL 15 on TCP only: a unix socket's path may not exceed 107 bytes, and folders can be deep.

# The newest server of at least 15 that the machine has.
postgres_bin() {
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -n -r); do
    if [ -x "$folder/initdb" ] && [ "$(basename "$(dirname "$folder")")" -ge 15 ]; then
      printf '%s' "$folder"
      return 0
    fi
  done
  return 1
}

postgres_up() {
  if runs postgres; then return 0; fi
  claim "$STORES_POSTGRES_PORT" STORES_POSTGRES_PORT
  local data=$STORES_RUN_DIR/postgres
  [ -e "$data/PG_VERSION" ] || postgres_init "$data"
  launch postgres "${AS_RUN_USER[@]}" "$(postgres_bin)/postgres" -D "$data" \
    -c port="$STORES_POSTGRES_PORT" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    -c max_connections=300 -c shared_buffers=256MB -c fsync=on -c timezone=UTC \
    -c log_line_prefix='%m [%p] %u@%d ' -c log_timezone=UTC
  ready postgres 60 postgres_answers
  postgres_owner
}

postgres_init() {
  local data=$1 password=$1.password
  say "creating the database cluster"
  data_dir "$data"
  (umask 077 && printf '%s' "$POSTGRES_ADMIN_PASSWORD" >"$password")
  if am_root; then chown "$RUN_USER" "$password"; fi
  as_run_user "$(postgres_bin)/initdb" -D "$data" -U postgres --pwfile="$password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >>"$(log_of postgres)" 2>&1 || {
    rm -rf "$data" "$password"
    die "initdb failed" "log: $(log_of postgres)"
  }
  rm -f "$password"
}

postgres_answers() { "$(postgres_bin)/pg_isready" -q -h 127.0.0.1 -p "$STORES_POSTGRES_PORT"; }

as_postgres_admin() {
  PGOPTIONS='-c client_min_messages=warning' PGPASSWORD=$POSTGRES_ADMIN_PASSWORD \
    "$(postgres_bin)/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$STORES_POSTGRES_PORT" -U postgres "$@"
}

# The platform's owner login. It makes databases (one per test run) and the services' roles, and may
# end other sessions of them (a test database is dropped by force); it is no superuser.
postgres_owner() {
  as_postgres_admin -v password="$POSTGRES_PASSWORD" <<'SQL'
SELECT 'CREATE ROLE stores_user' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stores_user') \gexec
ALTER ROLE stores_user LOGIN NOSUPERUSER CREATEDB CREATEROLE PASSWORD :'password';
GRANT pg_signal_backend TO stores_user;
SELECT 'CREATE DATABASE stores_db OWNER stores_user' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stores_db') \gexec
SQL
}

# A fast shutdown: sessions are ended, nothing is lost.
postgres_down() { halt postgres INT 30; }
