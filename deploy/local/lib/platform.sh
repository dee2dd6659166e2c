# shellcheck shell=bash
# The whole platform: up, down, state, and what a person needs to know about it.

PARTS=(postgres redis rabbitmq s3 stripe moloni zeptomail woocommerce proxy collector services traefik)

# What tests need around a service.
base_up() {
  toolchain
  infra_up
  outside_up
}

platform_up() {
  base_up
  panel_up
  say "preparing the data"
  prepare_data
  say "starting the services"
  services_up
  traefik_install
  traefik_up
  within 30 platform_healthy || die "the platform does not answer healthy through Traefik" \
    "curl -i http://$BASE_DOMAIN:$STORES_HTTP_PORT/api/health" "logs: $STORES_RUN_DIR/logs"
  greeting
}

# The programs and the stand-ins for outside systems; from here on this shell has the variables.
outside_up() {
  build
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
  s3_up
  stripe_up
  moloni_up
  zeptomail_up
  woocommerce_up
  proxy_up
  collector_up
}

platform_down() {
  local part
  for part in traefik services collector proxy woocommerce zeptomail moloni stripe s3; do "${part}_down"; done
  infra_down
  rm -f "$STORES_RUN_DIR"/pids/*
  say "everything is stopped; the data stays in $STORES_RUN_DIR"
}

status() {
  local file name pid any=false
  for file in "$STORES_RUN_DIR"/pids/*; do
    name=$(basename "$file")
    case $name in *.child | *.made-of | '*') continue ;; esac
    if pid=$(pid_of "$name"); then
      any=true
      say "$(printf '%-16s runs (pid %s)' "$name" "$pid")"
    else
      say "$(printf '%-16s has ended; its log: %s' "$name" "$(log_of "$name")")"
    fi
  done
  $any || say "nothing runs"
}

clean_data() {
  local folders=() name
  for name in postgres redis rabbitmq s3 stripe moloni zeptomail traefik logs secrets.env env; do
    if [ -e "$STORES_RUN_DIR/$name" ]; then folders+=("$STORES_RUN_DIR/$name"); fi
  done
  if [ "${#folders[@]}" -eq 0 ]; then
    say "there is no data in $STORES_RUN_DIR"
    return 0
  fi
  printf 'This stops the platform and erases every store, order, file and password of it:\n\n'
  du -sh "${folders[@]}"
  if [ "${CONFIRM:-}" != yes ]; then
    [ -t 0 ] || die "nothing was erased" "Without a terminal, confirm with: make clean-data CONFIRM=yes"
    local answer
    read -r -p $'\nErase all of it? Type yes: ' answer
    [ "$answer" = yes ] || die "nothing was erased"
  fi
  platform_down
  rm -rf "${folders[@]}"
  say "erased"
}

# Where a person looks at an outside system: its stand-in's pages, or nothing of ours.
simulated() {
  case $1 in
    http://127.0.0.1:*) printf 'http://127.0.0.1:%s  (simulated)' "$2" ;;
    *) printf 'the real one' ;;
  esac
}

greeting() {
  local origin=http://$BASE_DOMAIN:$STORES_HTTP_PORT stores=$STORES_RUN_DIR/bin/stores
  stores=${stores#"$CHECKOUT/"}
  cat <<TEXT

  Virtual Stores runs.

  platform      $origin/api/health
  admin panel   $origin/admin/
  stores        http://SLUG.$BASE_DOMAIN:$STORES_HTTP_PORT  (e.g. http://demo.$BASE_DOMAIN:$STORES_HTTP_PORT)
  documentation $origin/api/tenants/docs  (catalog, orders, payments, invoicing, mail, migration alike)
  Stripe        $(simulated "$STRIPE_API_BASE" "$STORES_SIMULATORS_PORT")
  Moloni        $(simulated "$MOLONI_API_BASE" "$STORES_MOLONI_PORT")
  mails         $(simulated "$ZEPTOMAIL_API_BASE" "$STORES_ZEPTOMAIL_PORT")
  WooCommerce   http://127.0.0.1:$STORES_WOOCOMMERCE_PORT  (a shop to import; ck_simulator, cs_simulator)

  sysadmin      $SYSADMIN_EMAIL  $SYSADMIN_PASSWORD
  $(sed -n 's/^The store demo: */demo store    /p' "$STORES_RUN_DIR/logs/seed.log")

  A new store, as in the deployment guide:

curl -X POST $origin/api/sysadmin/tenants \\
  -H "Authorization: Bearer \$($stores sysadmin token)" \\
  -H "Content-Type: application/json" \\
  -d '{"name": "DefenseOps Airsoft", "slug": "defenseopsairsoft", "email": "admin@defenseops.pt", "plan": "business", "template_id": "tactical"}'

  make logs · make status · make psql · make down
TEXT
}

follow_logs() { tail -n "${LINES_BACK:-40}" -F "$STORES_RUN_DIR"/logs/*.log; }

open_psql() {
  # shellcheck source=/dev/null
  source "$STORES_RUN_DIR/env"
  exec "$(postgres_bin)/psql" "$DATABASE_URL" "$@"
}
