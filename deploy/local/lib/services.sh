# shellcheck shell=bash
# The platform's own processes, started again when they die.

# STORES_PROCESSES=each runs every service as a process of its own, as ops does where it scales one.
service_names() {
  if [ "${STORES_PROCESSES:-one}" = each ]; then
    printf '%s\n' tenants catalog orders payments
  else
    printf 'all\n'
  fi
}

services_up() {
  local name program names
  program=$(program stores)
  names=" $(service_names | tr '\n' ' ') "
  # Those of the other way of running them.
  for name in all tenants catalog orders payments; do
    [[ $names == *" $name "* ]] || halt "stores-$name"
  done
  for name in $(service_names); do
    unless_current "stores-$name" "$program" "$(service_port_variable "$name")" || continue
    launch_kept "stores-$name" "$program" serve "$name"
  done
  for name in $(service_names); do
    ready "stores-$name" 60 service_ready "$name"
  done
}

service_port_variable() {
  case $1 in
    all) printf TENANTS_PORT ;;
    *) printf '%s_PORT' "${1^^}" ;;
  esac
}

service_ready() {
  local variable ports=()
  if [ "$1" = all ]; then
    ports=("$TENANTS_PORT" "$CATALOG_PORT" "$ORDERS_PORT" "$PAYMENTS_PORT")
  else
    variable=$(service_port_variable "$1")
    ports=("${!variable}")
  fi
  local port
  for port in "${ports[@]}"; do
    curl -fsS -m 2 -o /dev/null "http://127.0.0.1:$port/internal/ready" 2>/dev/null || return 1
  done
}

services_down() {
  local name
  for name in all tenants catalog orders payments; do halt "stores-$name" TERM 20; done
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
