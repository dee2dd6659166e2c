# shellcheck shell=bash
# The platform's own processes, started again when they die.

SERVICES=(tenants catalog orders payments invoicing mail migration)

# STORES_PROCESSES=each runs every service as a process of its own, as ops does where it scales one.
service_names() {
  if [ "${STORES_PROCESSES:-one}" = each ]; then printf '%s\n' "${SERVICES[@]}"; else printf 'all\n'; fi
}

services_up() {
  local name program names variables
  program=$(program stores)
  names=" $(service_names | tr '\n' ' ') "
  # Those of the other way of running them.
  for name in all "${SERVICES[@]}"; do
    [[ $names == *" $name "* ]] || halt "stores-$name"
  done
  for name in $(service_names); do
    mapfile -t variables < <(service_port_variables "$name")
    unless_current "stores-$name" "$program" "${variables[@]}" || continue
    launch_kept "stores-$name" "$program" serve "$name"
  done
  for name in $(service_names); do
    ready "stores-$name" 60 service_ready "$name"
  done
  storefront_up
}

# The shops' pages: a client of the services, and so no part of `stores serve all`.
storefront_up() {
  local program panel=$WEB/admin/dist/.made-of seen=$STORES_RUN_DIR/pids/stores-storefront.panel.made-of
  program=$(program stores-storefront)
  # It reads the panel's files when it starts.
  if ! cmp -s "$panel" "$seen"; then halt stores-storefront; fi
  cp "$panel" "$seen"
  unless_current stores-storefront "$program" STOREFRONT_PORT || return 0
  launch_kept stores-storefront "$program"
  ready stores-storefront 60 storefront_ready
}

storefront_ready() {
  curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$STOREFRONT_PORT/internal/ready" 2>/dev/null
}

storefront_down() { halt stores-storefront TERM 20; }

service_port_variables() {
  local name
  for name in "${SERVICES[@]}"; do
    if [ "$1" = all ] || [ "$1" = "$name" ]; then printf '%s_PORT\n' "${name^^}"; fi
  done
}

service_ready() {
  local variable
  for variable in $(service_port_variables "$1"); do
    curl -fsS -m 2 -o /dev/null "http://127.0.0.1:${!variable}/internal/ready" 2>/dev/null || return 1
  done
}

services_down() {
  local name
  storefront_down
  for name in all "${SERVICES[@]}"; do halt "stores-$name" TERM 20; done
}

# The schema, the broker's logins and queues, what every installation has from the start, and a store
# to look at. Nothing of it happens a second time.
prepare_data() {
  prepare migrate
  rabbitmq_remember
  prepare seed --demo
}

prepare() {
  local log
  log=$(log_of "$1")
  "$(program stores)" "$@" >"$log" 2>&1 && return 0
  tail -n 15 "$log" >&2
  die "stores $* failed" "log: $log"
}
