# shellcheck shell=bash
# What stands in for the outside systems: an S3 store on a folder, Stripe, Moloni, ZeptoMail and a shop.

s3_up() {
  mkdir -p "$STORES_RUN_DIR/s3"
  unless_current s3 "$(program simulators)" STORES_S3_PORT || return 0
  launch_kept s3 "$(program simulators)" s3 --root "$STORES_RUN_DIR/s3" --port "$STORES_S3_PORT"
  ready s3 20 listening "$STORES_S3_PORT"
}

s3_down() { halt s3; }

stripe_up() {
  mkdir -p "$STORES_RUN_DIR/stripe"
  unless_current stripe "$(program simulators)" STORES_SIMULATORS_PORT || return 0
  local webhook=http://127.0.0.1:$STORES_HTTP_PORT/api/webhooks/stripe
  launch_kept stripe "$(program simulators)" stripe --port "$STORES_SIMULATORS_PORT" \
    --publishable-key "$STRIPE_PUBLIC_KEY" --state "$STORES_RUN_DIR/stripe/state.json" \
    --webhook-url "$webhook" --connect-webhook-url "$webhook"
  ready stripe 20 listening "$STORES_SIMULATORS_PORT"
}

stripe_down() { halt stripe; }

# stand_in NAME PORT_VARIABLE ADDRESS [OPTION …]: runs NAME, unless ADDRESS is the real one.
stand_in() {
  local name=$1 variable=$2 address=$3
  shift 3
  case $address in http://127.0.0.1:*) ;; *) return 0 ;; esac
  unless_current "$name" "$(program simulators)" "$variable" || return 0
  launch_kept "$name" "$(program simulators)" "$name" --port "${!variable}" "$@"
  ready "$name" 20 listening "${!variable}"
}

moloni_up() {
  mkdir -p "$STORES_RUN_DIR/moloni"
  stand_in moloni STORES_MOLONI_PORT "$MOLONI_API_BASE" --state "$STORES_RUN_DIR/moloni/state.json" \
    --redirect-uri "http://$BASE_DOMAIN:$STORES_HTTP_PORT/api/invoicing/moloni/callback"
}

zeptomail_up() {
  mkdir -p "$STORES_RUN_DIR/zeptomail"
  stand_in zeptomail STORES_ZEPTOMAIL_PORT "$ZEPTOMAIL_API_BASE" --state "$STORES_RUN_DIR/zeptomail/state.json" \
    --token "$ZEPTOMAIL_API_KEY" --webhook-key "$ZEPTOMAIL_WEBHOOK_KEY" \
    --webhook-url "http://127.0.0.1:$STORES_HTTP_PORT/api/webhooks/zeptomail"
}

woocommerce_up() {
  stand_in woocommerce STORES_WOOCOMMERCE_PORT "http://127.0.0.1:$STORES_WOOCOMMERCE_PORT"
}

moloni_down() { halt moloni; }
zeptomail_down() { halt zeptomail; }
woocommerce_down() { halt woocommerce; }

# With STORES_FAULTS set, the services reach every part through a port that a test can trouble.
through() { printf '%s' $(($1 + ${STORES_FAULTS:+1000} + 0)); }

proxy_up() {
  [ -n "${STORES_FAULTS:-}" ] || return 0
  local part name port pairs=()
  for part in postgres:POSTGRES redis:REDIS rabbitmq:RABBITMQ s3:S3 stripe:SIMULATORS moloni:MOLONI \
    zeptomail:ZEPTOMAIL woocommerce:WOOCOMMERCE; do
    name=${part%%:*} port=STORES_${part##*:}_PORT
    pairs+=(--pair "$name,127.0.0.1:$(through "${!port}"),127.0.0.1:${!port}")
  done
  unless_current proxy "$(program simulators)" STORES_PROXY_PORT || return 0
  launch_kept proxy "$(program simulators)" proxy --port "$STORES_PROXY_PORT" "${pairs[@]}"
  ready proxy 20 listening "$STORES_PROXY_PORT"
}

proxy_down() { halt proxy; }

# With STORES_TRACES set, what the services tell of their work is kept where a test can look at it.
collector_up() {
  [ -n "${STORES_TRACES:-}" ] || return 0
  unless_current collector "$(program simulators)" STORES_COLLECTOR_PORT || return 0
  launch_kept collector "$(program simulators)" collector --port "$STORES_COLLECTOR_PORT"
  ready collector 20 listening "$STORES_COLLECTOR_PORT"
}

collector_down() { halt collector; }
