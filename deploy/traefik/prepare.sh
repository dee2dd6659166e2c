#!/usr/bin/env bash
# Lays out the folder of live rules that edge.yml mounts (STORES_TRAEFIK_DIR), for who installs by hand; Ansible does
# the same. An active.yml that is there is left alone: it says which slot serves.
#
#   prepare.sh FOLDER [blue|green]     without a slot: the containers of docker-compose.yml
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
FOLDER=${1:?prepare.sh FOLDER [blue|green]}
SLOT=${2:-}
case $SLOT in '' | blue | green) ;; *) echo "prepare.sh: a slot is blue or green" >&2 && exit 2 ;; esac

# put FROM TO: as one rename, under a name that Traefik does not read before.
put() {
  cp "$1" "$2.new"
  chmod 644 "$2.new"
  mv "$2.new" "$2"
}

# The addresses of the containers, and which slot they are.
active() {
  local suffix=${SLOT:+-$SLOT} part
  local words=(-e "s|@SLOT@|${SLOT:-one}|")
  for part in tenants:8001 catalog:8002 orders:8003 payments:8004 invoicing:8005 mail:8006 migration:8007 \
    storefront:3000 admin:8080; do
    words+=(-e "s|@$(printf '%s' "${part%:*}" | tr '[:lower:]' '[:upper:]')_URL@|http://stores-${part%:*}$suffix:${part#*:}|")
  done
  sed "${words[@]}" "$HERE/active.yml.in"
}

mkdir -p "$FOLDER"
put "$HERE/dynamic/routes.yml" "$FOLDER/routes.yml"
put "$HERE/server/server.yml" "$FOLDER/server.yml"
if [ ! -e "$FOLDER/active.yml" ]; then
  active >"$FOLDER/active.yml.made"
  put "$FOLDER/active.yml.made" "$FOLDER/active.yml"
  rm "$FOLDER/active.yml.made"
fi
