#!/usr/bin/env bash
# Whether a release that is not complete is refused before anything changes, with the list of all that is wrong.
# No engine, no platform: a folder as a host has it, and a `docker` that only says that it is there.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
unset "${!RELEASE_@}"
export STORES_HOME=$SCRATCH/home PATH=$SCRATCH/bin:$PATH
FAILED=0

wrong() {
  printf '%s\n' "$1" >&2
  FAILED=1
}

home() {
  rm -rf "${SCRATCH:?}"/*
  mkdir -p "$STORES_HOME"/{secrets,traefik/dynamic,slots,compose} "$SCRATCH/bin"
  printf '#!/bin/sh\n[ "$*" = "compose version" ] || echo "$*" >>%s\n' "$SCRATCH/docker.log" >"$SCRATCH/bin/docker"
  printf '#!/bin/sh\ntest -e %s\n' "$SCRATCH/signed" >"$SCRATCH/bin/cosign"
  chmod +x "$SCRATCH/bin"/*
  printf '# slot: blue\n' >"$STORES_HOME/traefik/dynamic/active.yml"
  printf 'tenants_database_url\n' >"$STORES_HOME/compose/secrets.list"
  : >"$STORES_HOME/secrets/tenants_database_url"
  printf 'STORES_ENV=production\nBASE_DOMAIN=store.example.com\nPUBLIC_SCHEME=https\nMINIO_ENDPOINT=stores-minio:9000\n' \
    >"$STORES_HOME/settings.env"
  printf 'RELEASE_IDENTITY=^https://gitlab.example.com/stores$\nRELEASE_ISSUER=https://gitlab.example.com\n' >"$STORES_HOME/release.env"
  local name
  for name in database_url redis_url rabbitmq_url jwt_secret_key stripe_webhook_secret stripe_connect_webhook_secret \
    minio_access_key minio_secret_key; do
    printf x >"$STORES_HOME/secrets/$name"
  done
  printf sk_live_x >"$STORES_HOME/secrets/stripe_secret_key"
  printf pk_live_x >"$STORES_HOME/secrets/stripe_public_key"
  : >"$SCRATCH/signed"
  : >"$SCRATCH/manifest.json.bundle"
  manifest >"$SCRATCH/manifest.json"
  find "$STORES_HOME" -type f -exec sha256sum {} + >"$SCRATCH/before"
}

manifest() {
  jq -n '["tenants", "catalog", "orders", "payments", "invoicing", "mail", "migration", "storefront", "admin"]
    | map({key: "stores-\(.)", value: "registry.example.com/stores-\(.)@sha256:\("0" * 64)"}) | from_entries
    | . + {stores: "registry.example.com/stores@sha256:\("0" * 64)"}
    | {version: 1, git_sha: ("a" * 40), images: .}'
}

# refused NAME PROBLEM…: the call ends with 2, names every problem, and changes nothing.
refused() {
  local name=$1 said result=0 problem
  shift
  said=$("$HERE/../${PROGRAM:-release-activate.sh}" "${CALL[@]}" 2>&1) || result=$?
  [ "$result" -eq 2 ] || wrong "$name: ended with $result: $said"
  for problem in "$@"; do [[ $said == *"$problem"* ]] || wrong "$name: not said: $problem; but: $said"; done
  [ ! -e "$SCRATCH/docker.log" ] || wrong "$name: the engine was asked: $(cat "$SCRATCH/docker.log")"
  rm -f "$STORES_HOME/release.lock"
  find "$STORES_HOME" -type f -exec sha256sum {} + | cmp -s - "$SCRATCH/before" || wrong "$name: something changed"
}

again() {
  home
  CALL=(prod "$SCRATCH/manifest.json" store.example.com green)
}

changed() { find "$STORES_HOME" -type f -exec sha256sum {} + >"$SCRATCH/before"; }

again
CALL=(production nowhere.json 'store.example.com`)' yellow)
refused "wrong words" "ENV is production" "SLOT is yellow" 'DOMAIN is store' "there is no manifest nowhere.json"

again
CALL=(prod "$SCRATCH/manifest.json" other.example.com green)
refused "another one's door" "BASE_DOMAIN is store.example.com, the release is for other.example.com"

again
rm "$STORES_HOME/secrets/jwt_secret_key" "$STORES_HOME/secrets/tenants_database_url"
: >"$STORES_HOME/secrets/redis_url"
changed
refused "missing secrets, all of them" "JWT_SECRET_KEY is not set" "REDIS_URL is not set" "secrets/tenants_database_url is not there"

again
printf 'STRIPE_SECRET_KEY=sk_test_y\nSKIP_RATE_LIMIT_FOR_E2E=true\nBASE_DOMAIN=store.example.com\n' >>"$STORES_HOME/settings.env"
changed
refused "contradictions, all of them" "STRIPE_SECRET_KEY is set, and so is its file" "BASE_DOMAIN is there more than once" \
  "SKIP_RATE_LIMIT_FOR_E2E is true in prod" "STRIPE_SECRET_KEY is no live key, and this is prod"

again
CALL=(staging "$SCRATCH/manifest.json" store.example.com green)
refused "live keys elsewhere" "STRIPE_SECRET_KEY is a live key, and this is staging" "STORES_ENV is production; staging is staging"

again
jq '.images["stores-mail"] = "registry.example.com/stores-mail:latest" | del(.images.stores) | .git_sha = "main"' \
  "$SCRATCH/manifest.json" >"$SCRATCH/m" && mv "$SCRATCH/m" "$SCRATCH/manifest.json"
refused "a manifest that is not exact" "stores-mail is registry.example.com/stores-mail:latest" "images has no stores" "git_sha is not"

again
rm "$SCRATCH/signed"
refused "a manifest of nobody" "is not signed by"

again
CALL=(prod "$SCRATCH/manifest.json" store.example.com blue)
refused "the slot in use" "blue has the traffic and is never replaced under it"

again
PROGRAM=bin/rollback.sh CALL=(staging)
refused "a rollback on another host" "this host is production, and staging was named"
CALL=(prod)
refused "a rollback to nothing" "green holds no release that ever had the traffic"

exit "$FAILED"
