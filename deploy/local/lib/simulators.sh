# shellcheck shell=bash
# What stands in for the outside systems: an S3 store on a folder, and Stripe.

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
