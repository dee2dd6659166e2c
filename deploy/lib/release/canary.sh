# shellcheck shell=bash
# Whether a slot can do what it is for, asked at its own ports: nobody else's request goes there yet.

# ask SLOT SERVICE PATH [CURL_OPTION…]: as the canary store's shopper would, past Traefik.
ask() {
  local slot=$1 service=$2 path=$3 host=${RELEASE_CANARY}.$DOMAIN
  shift 3
  curl -fsS -m 15 -H "Host: $host" -H "X-Forwarded-Proto: https" "$@" "http://$(slot_reach "$slot" "$service")$path"
}

service_ready() { curl -fsS -m 3 -o /dev/null "http://$(slot_reach "$1" "$2")/internal/ready" 2>/dev/null; }

# Every service by its own means: database, migrations, port; and the panel. Prints those that are not.
slot_unready() {
  local service
  for service in "${SERVICES[@]}"; do service_ready "$1" "$service" || printf '%s ' "$service"; done
  slot_panel "$1" || printf 'admin '
}

slot_ready() { [ -z "$(slot_unready "$1")" ]; }

# A purchase up to the card: catalog, orders, payments and the events between them. Its order is never paid and
# gives its goods back by itself. Tried as often as the patience allows: a slot that has just begun reads its stores.
purchase() {
  local slot=$1 json='Content-Type: application/json' variant cart id token total order ticket
  variant=$(ask "$slot" catalog '/api/catalog/store/products?limit=1' | jq -re '.items[0].slug') || return 1
  variant=$(ask "$slot" catalog "/api/catalog/store/products/$variant" | jq -re '.variants[0].id') || return 1
  cart=$(ask "$slot" orders /api/orders/store/carts -X POST) || return 1
  id=$(jq -re .id <<<"$cart") && token=$(jq -re .token <<<"$cart") || return 1
  cart=$(ask "$slot" orders "/api/orders/store/carts/$id/lines" -H "X-Cart-Token: $token" -H "$json" \
    -d "{\"variant_id\": \"$variant\", \"quantity\": 1}") || return 1
  total=$(jq -ce .total <<<"$cart") || return 1
  order=$(ask "$slot" orders /api/orders/store/checkout -H "X-Cart-Token: $token" -H "Idempotency-Key: canary-$id" \
    -H "$json" -d "$(canary_form "$id" "$total")") || return 1
  ticket=$(jq -re .payment_ticket <<<"$order") || return 1
  ask "$slot" payments /api/payments/store/intents -H "$json" -d "{\"ticket\": \"$ticket\"}" | jq -e .client_secret >/dev/null
}

canary_form() {
  jq -n --arg id "$1" --argjson total "$2" --arg email "canary@$DOMAIN" \
    '{cart_id: $id, email: $email, accepts_terms: true, expected_total: $total, shipping_address: {name: "Canary",
      line1: "Rua do Ouro 1", city: "Lisboa", postcode: "1100-148", country: "PT"}}'
}

# The pages that most people see first, so that the first of them waits for nothing.
warm() {
  local page
  for page in / /search; do ask "$1" storefront "$page" -o /dev/null || return 1; done
}

# What the services of a slot have counted so far: all answers, and those that were our fault.
answers_of() {
  local service
  for service in "${SERVICES[@]}"; do
    curl -fsS -m 3 "http://$(slot_reach "$1" "$service")/internal/metrics" 2>/dev/null || true
  done | awk '/^http_requests_total\{/ { all += $NF; if ($0 ~ /status="5xx"/) bad += $NF } END { print all + 0, bad + 0 }'
}

# watch_slot SLOT SECONDS: the door answers each second, and at most one answer in fifty is our fault.
watch_slot() {
  local slot=$1 until=$((SECONDS + $2)) misses=0 all bad all_before bad_before
  read -r all_before bad_before < <(answers_of "$slot")
  while [ "$SECONDS" -lt "$until" ]; do
    sleep 1
    if door_is "$slot"; then misses=0; else misses=$((misses + 1)); fi
    if [ "$misses" -ge 3 ]; then warn "the door did not answer from $slot three times"; return 1; fi
    if ! slot_runs "$slot"; then warn "a part of $slot has ended"; return 1; fi
    read -r all bad < <(answers_of "$slot")
    all=$((all - all_before)) bad=$((bad - bad_before))
    if [ "$bad" -ge 5 ] && [ $((bad * 50)) -gt "$all" ]; then warn "$bad of $all answers are errors of ours"; return 1; fi
  done
}
