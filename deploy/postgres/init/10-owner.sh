#!/usr/bin/env bash
# The first start of an empty cluster (the image's docker-entrypoint-initdb.d): the platform's owner and its database.
# The owner makes databases and the services' roles, ends sessions of them, and reads every row where it says so
# (pg_dump could not, under policies that hold for the owner too). It is no superuser, and no service logs in as it.
#
# stores_monitor is the exporters' login; what it may count says deploy/obs/monitor.sql, once there are tables.
set -euo pipefail

# psql reads the files itself, so that no list of processes shows what is in them.
export SECRETS=${SECRETS:-/run/secrets}

psql -X -q -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\set password `cat "$SECRETS/stores_user_password"`
\set monitor `cat "$SECRETS/monitor_password"`
CREATE ROLE stores_user LOGIN NOSUPERUSER CREATEDB CREATEROLE BYPASSRLS PASSWORD :'password';
GRANT pg_signal_backend TO stores_user;
CREATE ROLE stores_monitor LOGIN NOSUPERUSER CONNECTION LIMIT 4 PASSWORD :'monitor';
GRANT pg_monitor TO stores_monitor;
CREATE DATABASE stores_db OWNER stores_user TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
\connect stores_db
CREATE EXTENSION pg_stat_statements;
SQL
