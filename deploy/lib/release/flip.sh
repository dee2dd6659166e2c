# shellcheck shell=bash
# The flip: one file, written beside and renamed, tells Traefik where every service is.

# On a host deploy/traefik lies beside the compose files, in a checkout beside this folder.
slot_template() {
  local file
  for file in "$STORES_HOME/traefik/active.yml.in" "$RELEASE_LIB/../../traefik/active.yml.in"; do
    if [ -r "$file" ]; then printf '%s' "$file" && return 0; fi
  done
  return 1
}

# write_active SLOT: also names the slot in an answer's header, so that one can see from outside when it counts.
write_active() {
  local slot=$1 service script="s/@SLOT@/$1/g"
  for service in "${SERVICES[@]}" admin; do
    script+=";s|@${service^^}_URL@|http://$(slot_upstream "$slot" "$service")|g"
  done
  sed "$script" "$(slot_template)" >"$ACTIVE_FILE.new"
  # Traefik is nobody on this host, whatever the umask of who releases.
  chmod 644 "$ACTIVE_FILE.new"
  mv "$ACTIVE_FILE.new" "$ACTIVE_FILE"
}

# Through Traefik as anybody comes; its certificate is looked at by the pipeline, from outside.
door() {
  local path=$1
  shift
  local scheme=${RELEASE_DOOR%%://*} place=${RELEASE_DOOR#*://}
  curl -sS -k -m 5 --connect-to "::${place%:*}:${place##*:}" "$@" "$scheme://$DOMAIN$path"
}

door_slot() {
  door /api/health -o /dev/null -D - 2>/dev/null | tr -d '\r' | sed -n 's/^x-stores-slot: //Ip'
}

door_is() { [ "$(door_slot)" = "$1" ]; }

# Three answers in a row: with two threads of Traefik reading, one could still be of the configuration before.
door_stays() { door_is "$1" && door_is "$1" && door_is "$1"; }

# flip SLOT: fails when Traefik does not follow within ten seconds.
flip() {
  write_active "$1"
  within 10 door_stays "$1"
}
