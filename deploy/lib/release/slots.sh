# shellcheck shell=bash
# How a slot is fetched, started, asked and stopped, in two forms: containers by Docker Compose, and plain processes,
# with which the same release is proved where there is no engine (deploy/check/switches.sh).

SERVICES=(tenants catalog orders payments invoicing mail migration storefront)
declare -A PORTS=([tenants]=8001 [catalog]=8002 [orders]=8003 [payments]=8004 [invoicing]=8005 [mail]=8006
  [migration]=8007 [storefront]=3000 [admin]=8080)
# DRAIN_SECONDS, then at most 25 s for what is under way.
STOP_SECONDS=40

slot_fetch() { "${RELEASE_RUNTIME}_fetch" "$1"; }                 # SLOT: everything that its manifest names is here
slot_tool() { local slot=$1; shift; "${RELEASE_RUNTIME}_tool" "$slot" "$@"; } # SLOT ARG…: `stores ARG…` of its release
slot_start() { "${RELEASE_RUNTIME}_start" "$1"; }                 # SLOT: what it holds, without any fetching
slot_again() { "${RELEASE_RUNTIME}_again" "$1"; }                 # SLOT: as it was when it was stopped
slot_stop() { "${RELEASE_RUNTIME}_stop" "$1"; }                   # SLOT: in good order; what it holds stays
slot_runs() { "${RELEASE_RUNTIME}_runs" "$1"; }                   # SLOT: all of it
slot_reach() { "${RELEASE_RUNTIME}_reach" "$1" "$2"; }            # SLOT SERVICE: host:port, from this host
slot_panel() { "${RELEASE_RUNTIME}_panel" "$1"; }                 # SLOT: it hands out the panel
slot_upstream() { "${RELEASE_RUNTIME}_upstream" "$1" "$2"; }      # SLOT SERVICE: host:port, from Traefik
slot_words() { "${RELEASE_RUNTIME}_words" "$1"; }                 # SLOT: its last words, for who looks why it failed

image_of() { jq -r --arg name "$2" '.images[$name]' "$(slot_manifest "$1")"; }

# --- compose

# slot.yml reads the images by these names, so that a slot is started again as it was.
compose_images() {
  local name variable file=$STORES_HOME/slots/$1/images.env
  for name in "${IMAGES[@]}"; do
    variable=${name#stores-}
    printf 'IMAGE_%s=%s\n' "${variable^^}" "$(image_of "$1" "$name")"
  done >"$file.new"
  mv "$file.new" "$file"
}

compose_in() {
  local slot=$1
  shift
  (
    cd "$STORES_HOME/compose" || exit
    SLOT=$slot exec docker compose --env-file images.env --env-file .env \
      --env-file "$STORES_HOME/slots/$slot/images.env" -f slot.yml "$@" 9>&-
  )
}

compose_fetch() {
  compose_images "$1"
  compose_in "$1" --profile tool pull --quiet
}

compose_tool() {
  local slot=$1
  shift
  compose_in "$slot" --profile tool run --rm --no-deps -T stores "$@" </dev/null
}

compose_start() { compose_in "$1" up --detach --no-build --pull never --remove-orphans; }

# The containers as they are: nothing that was rendered since changes them.
compose_again() { compose_in "$1" start; }

compose_stop() { compose_in "$1" stop --timeout "$STOP_SECONDS"; }

compose_runs() {
  local service
  for service in "${SERVICES[@]}" admin; do
    [ "$(docker inspect -f '{{.State.Running}}' "stores-$service-$1" 2>/dev/null)" = true ] || return 1
  done
}

# No port of a service is published: this host reaches a container by its address on any of its networks.
compose_reach() {
  local address
  address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "stores-$2-$1" 2>/dev/null)
  [ -n "${address// /}" ] && printf '%s:%s' "${address%% *}" "${PORTS[$2]}"
}

compose_panel() { curl -fsS -m 3 -o /dev/null "http://$(compose_reach "$1" admin)/health" 2>/dev/null; }

compose_upstream() { printf 'stores-%s-%s:%s' "$2" "$1" "${PORTS[$2]}"; }

compose_words() { compose_in "$1" logs --no-color --tail 5; }

# --- processes: an image is a program's path and the digest of its bytes

processes_file() { local image; image=$(image_of "$1" "$2"); printf '%s' "${image%@*}"; }

processes_fetch() {
  local name image
  for name in "${IMAGES[@]}"; do
    image=$(image_of "$1" "$name")
    printf '%s  %s\n' "${image##*@sha256:}" "${image%@*}"
  done | sort -u | sha256sum --check --quiet
}

# The two slots of a host listen a hundred apart.
processes_port() {
  local base=${RELEASE_PORTS:?the first port of the blue slot}
  if [ "$1" = green ]; then base=$((base + 100)); fi
  printf '%s' $((base + ${PORTS[$2]} % 100))
}

# Becomes COMMAND with the settings, and this slot's ports in them; called in a shell that ends with it.
processes_become() {
  local slot=$1 service
  shift
  set -a
  # shellcheck source=/dev/null
  source "$SETTINGS"
  for service in "${SERVICES[@]}"; do
    printf -v "${service^^}_PORT" '%s' "$(processes_port "$slot" "$service")"
  done
  exec "$@" 9>&-
}

processes_tool() {
  local slot=$1
  shift
  (processes_become "$slot" "$(processes_file "$slot" stores)" "$@") </dev/null
}

processes_start() {
  local service command
  for service in "${SERVICES[@]}"; do
    if processes_pid "$1" "$service" >/dev/null; then continue; fi
    command=("$(processes_file "$1" stores)" serve "$service")
    if [ "$service" = storefront ]; then command=("$(processes_file "$1" stores-storefront)"); fi
    # In the background it is a shell of its own, so that its number stays the program's.
    processes_become "$1" setsid "${command[@]}" </dev/null >>"$STORES_HOME/slots/$1/$service.log" 2>&1 &
    printf '%s' "$!" >"$STORES_HOME/slots/$1/$service.pid"
  done
}

# The pid of a service that runs, if it is still the program that was started.
processes_pid() {
  local pid
  pid=$(cat "$STORES_HOME/slots/$1/$2.pid" 2>/dev/null) || return 1
  kill -0 "$pid" 2>/dev/null && ! grep -q '^State:\sZ' "/proc/$pid/status" 2>/dev/null && printf '%s' "$pid"
}

processes_runs() {
  local service
  for service in "${SERVICES[@]}"; do processes_pid "$1" "$service" >/dev/null || return 1; done
}

processes_none_runs() {
  local service
  for service in "${SERVICES[@]}"; do ! processes_pid "$1" "$service" >/dev/null || return 1; done
}

processes_stop() {
  local service pid
  for service in "${SERVICES[@]}"; do
    if pid=$(processes_pid "$1" "$service"); then kill -TERM "$pid"; fi
  done
  within "$STOP_SECONDS" processes_none_runs "$1" || return 1
  rm -f "$STORES_HOME/slots/$1"/*.pid
}

processes_again() { processes_start "$1"; }

processes_reach() { printf '127.0.0.1:%s' "$(processes_port "$1" "$2")"; }

# The panel's files are the storefront's here.
processes_panel() { :; }

processes_upstream() { processes_reach "$1" "${2/admin/storefront}"; }

processes_words() { tail -q -n 3 "$STORES_HOME/slots/$1"/*.log; }
