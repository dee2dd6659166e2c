# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the other files
# Where things are and on which ports. Every one of these is a variable somebody may set.

# Shifts all ports at once, so that a second platform can run beside the first.
: "${STORES_PORT_OFFSET:=0}"
: "${STORES_HTTP_HOST:=127.0.0.1}"
: "${STORES_HTTP_PORT:=$((8080 + STORES_PORT_OFFSET))}"
: "${TENANTS_PORT:=$((8001 + STORES_PORT_OFFSET))}"
: "${CATALOG_PORT:=$((8002 + STORES_PORT_OFFSET))}"
: "${ORDERS_PORT:=$((8003 + STORES_PORT_OFFSET))}"
: "${PAYMENTS_PORT:=$((8004 + STORES_PORT_OFFSET))}"
: "${INVOICING_PORT:=$((8005 + STORES_PORT_OFFSET))}"
: "${MAIL_PORT:=$((8006 + STORES_PORT_OFFSET))}"
: "${MIGRATION_PORT:=$((8007 + STORES_PORT_OFFSET))}"
: "${STORES_POSTGRES_PORT:=$((5442 + STORES_PORT_OFFSET))}"
: "${STORES_REDIS_PORT:=$((6389 + STORES_PORT_OFFSET))}"
: "${STORES_RABBITMQ_PORT:=$((5682 + STORES_PORT_OFFSET))}"
: "${STORES_RABBITMQ_MANAGEMENT_PORT:=$((STORES_RABBITMQ_PORT + 10000))}"
: "${STORES_RABBITMQ_DIST_PORT:=$((STORES_RABBITMQ_PORT + 20000))}"
: "${STORES_EPMD_PORT:=$((4379 + STORES_PORT_OFFSET))}"
: "${STORES_S3_PORT:=$((9010 + STORES_PORT_OFFSET))}"
: "${STORES_SIMULATORS_PORT:=$((9020 + STORES_PORT_OFFSET))}"
: "${STORES_MOLONI_PORT:=$((9030 + STORES_PORT_OFFSET))}"
: "${STORES_ZEPTOMAIL_PORT:=$((9040 + STORES_PORT_OFFSET))}"
: "${STORES_WOOCOMMERCE_PORT:=$((9050 + STORES_PORT_OFFSET))}"

: "${STORES_RUN_DIR:=$CHECKOUT/.run}"
: "${STORES_CACHE_DIR:=${HOME:-/var/tmp}/.cache/stores}"
: "${BASE_DOMAIN:=store.localhost}"

# The newest that was tried.
TRAEFIK_VERSION=3.7.15
