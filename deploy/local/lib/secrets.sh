# shellcheck shell=bash
# Passwords and keys of this installation: made once, kept in the run folder, readable by its owner.

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# secret NAME BYTES [PREFIX]: a value that is made the first time and then stays.
secret() {
  local file=$STORES_RUN_DIR/secrets.env
  grep -q "^$1=" "$file" 2>/dev/null || printf '%s=%s%s\n' "$1" "${3:-}" "$(random_hex "$2")" >>"$file"
}

load_secrets() {
  local before
  before=$(umask)
  umask 077
  secret POSTGRES_ADMIN_PASSWORD 16
  secret POSTGRES_PASSWORD 16
  secret REDIS_PASSWORD 16
  secret RABBITMQ_PASSWORD 16
  secret ERLANG_COOKIE 16
  secret MINIO_ACCESS_KEY 10
  secret MINIO_SECRET_KEY 20
  secret JWT_SECRET_KEY 32
  secret STRIPE_SECRET_KEY 16 sk_test_
  secret STRIPE_PUBLIC_KEY 16 pk_test_
  secret STRIPE_WEBHOOK_SECRET 24 whsec_
  secret STRIPE_CONNECT_WEBHOOK_SECRET 24 whsec_
  secret ZEPTOMAIL_WEBHOOK_KEY 24
  secret SEALING_KEY 32
  secret SYSADMIN_PASSWORD 10 Sys-
  umask "$before"
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/secrets.env"
}

# Every variable that the services, the tests and the tools read, in a file to be sourced.
write_env() {
  local file=$STORES_RUN_DIR/env
  (
    umask 077
    { environment && dotenv_lines; } | without_filed | sed -E "s/^([A-Z0-9_]+)=(.*)$/export \1='\2'/" >"$file.new"
  )
  mv "$file.new" "$file"
}

# Where .env names the file of a secret (NAME_FILE), the generated NAME would come before it.
without_filed() {
  awk -F= '{ line[NR] = $0; name[NR] = $1; if ($1 ~ /_FILE$/) filed[substr($1, 1, length($1) - 5)] = 1 }
           END { for (i = 1; i <= NR; i++) if (!(name[i] in filed)) print line[i] }'
}

environment() {
  local postgres simulators
  postgres=127.0.0.1:$(through "$STORES_POSTGRES_PORT")
  simulators=http://127.0.0.1:$(through "$STORES_SIMULATORS_PORT")
  cat <<TEXT
STORES_ENV=${STORES_ENV:-development}
STORES_RUN_DIR=$STORES_RUN_DIR
BASE_DOMAIN=$BASE_DOMAIN
PUBLIC_SCHEME=http
STORES_HTTP_HOST=$STORES_HTTP_HOST
STORES_HTTP_PORT=$STORES_HTTP_PORT
STORES_PROXY_PORT=$STORES_PROXY_PORT
LISTEN_HOST=127.0.0.1
TENANTS_PORT=$TENANTS_PORT
CATALOG_PORT=$CATALOG_PORT
ORDERS_PORT=$ORDERS_PORT
PAYMENTS_PORT=$PAYMENTS_PORT
INVOICING_PORT=$INVOICING_PORT
MAIL_PORT=$MAIL_PORT
MIGRATION_PORT=$MIGRATION_PORT
STOREFRONT_PORT=$STOREFRONT_PORT
THEMES_DIR=$CHECKOUT/web/themes
ADMIN_DIR=$CHECKOUT/web/admin/dist
TRUSTED_PROXIES=127.0.0.1/32,::1/128
DATABASE_URL=postgresql://stores_user:$POSTGRES_PASSWORD@$postgres/stores_db
REDIS_URL=redis://:$REDIS_PASSWORD@127.0.0.1:$(through "$STORES_REDIS_PORT")/0
RABBITMQ_URL=amqp://stores:$RABBITMQ_PASSWORD@127.0.0.1:$(through "$STORES_RABBITMQ_PORT")/stores
RABBITMQ_MANAGEMENT_URL=http://stores:$RABBITMQ_PASSWORD@127.0.0.1:$STORES_RABBITMQ_MANAGEMENT_PORT
RABBITMQCTL=$STORES_RUN_DIR/bin/rabbitmqctl
MINIO_ENDPOINT=127.0.0.1:$(through "$STORES_S3_PORT")
MINIO_ACCESS_KEY=$MINIO_ACCESS_KEY
MINIO_SECRET_KEY=$MINIO_SECRET_KEY
MINIO_BUCKET=stores
MINIO_USE_SSL=false
JWT_SECRET_KEY=$JWT_SECRET_KEY
JWT_ALGORITHM=HS256
JWT_EXPIRE_MINUTES=1440
STRIPE_SECRET_KEY=$STRIPE_SECRET_KEY
STRIPE_PUBLIC_KEY=$STRIPE_PUBLIC_KEY
STRIPE_WEBHOOK_SECRET=$STRIPE_WEBHOOK_SECRET
STRIPE_CONNECT_WEBHOOK_SECRET=$STRIPE_CONNECT_WEBHOOK_SECRET
STRIPE_API_BASE=$simulators
STRIPE_JS_URL=http://127.0.0.1:$STORES_SIMULATORS_PORT/v1/stripe.js
MOLONI_CLIENT_ID=simulator
MOLONI_CLIENT_SECRET=simulator-secret
MOLONI_API_BASE=http://127.0.0.1:$(through "$STORES_MOLONI_PORT")/v1/
ZEPTOMAIL_API_KEY=simulator
ZEPTOMAIL_API_BASE=http://127.0.0.1:$(through "$STORES_ZEPTOMAIL_PORT")/v1.1
ZEPTOMAIL_WEBHOOK_KEY=$ZEPTOMAIL_WEBHOOK_KEY
SEALING_KEYS=1:$SEALING_KEY
OUTBOUND_ALLOWED=127.0.0.1:$(through "$STORES_WOOCOMMERCE_PORT")
SYSADMIN_EMAIL=${SYSADMIN_EMAIL:-sysadmin@$BASE_DOMAIN}
SYSADMIN_PASSWORD=$SYSADMIN_PASSWORD
SKIP_RATE_LIMIT_FOR_E2E=${SKIP_RATE_LIMIT_FOR_E2E:-false}
OTEL_EXPORTER_OTLP_ENDPOINT=${STORES_TRACES:+http://127.0.0.1:$STORES_COLLECTOR_PORT}
TEXT
}
