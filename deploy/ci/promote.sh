#!/bin/sh
# promote.sh: gives each candidate of this commit its lasting name, byte for byte, and prints the release's manifest.
# images.list is left for who signs.
set -eu

images='' separator=''
: >images.list
for name in stores-tenants stores-catalog stores-orders stores-payments stores-invoicing stores-mail stores-migration \
  stores-storefront stores-admin stores stores-postgres; do
  crane copy "$CI_REGISTRY_IMAGE/candidates/$name:$CI_COMMIT_SHA" "$CI_REGISTRY_IMAGE/$name:$CI_COMMIT_SHA" >&2
  digest=$(crane digest "$CI_REGISTRY_IMAGE/$name:$CI_COMMIT_SHA")
  images="$images$separator\"$name\":\"$CI_REGISTRY_IMAGE/$name@$digest\""
  separator=,
  printf '%s %s@%s\n' "$name" "$CI_REGISTRY_IMAGE/$name" "$digest" >>images.list
done
printf '{"version":1,"git_sha":"%s","created":"%s","images":{%s}}\n' "$CI_COMMIT_SHA" "$CI_COMMIT_TIMESTAMP" "$images"
