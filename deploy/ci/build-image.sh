#!/bin/sh
# build-image.sh IMAGE NAME: one image, pushed as NAME:COMMIT, with the registry as the cache of its layers. The time in
# it is the commit's, so that another build of the same source does not differ for that.
set -eu

image=$1 name=$2
target='' service=''
case $image in
  stores-admin) file=docker/admin.Dockerfile ;;
  stores-postgres) file=docker/postgres.Dockerfile ;;
  stores-storefront) file=docker/service.Dockerfile service=storefront target=storefront ;;
  stores) file=docker/service.Dockerfile service=all ;;
  *) file=docker/service.Dockerfile service=${image#stores-} ;;
esac
set -- --file "$file" --tag "$name:$CI_COMMIT_SHA" --push --provenance mode=max \
  --cache-from "type=registry,ref=$name:cache" --cache-to "type=registry,ref=$name:cache,mode=max,image-manifest=true" \
  --label "org.opencontainers.image.revision=$CI_COMMIT_SHA"
if [ -n "$service" ]; then set -- "$@" --build-arg "SERVICE=$service"; fi
if [ -n "$target" ]; then set -- "$@" --target "$target"; fi
# GNU's date reads it as it is; busybox's, which the image of the job has, without its zone.
SOURCE_DATE_EPOCH=$(date -d "$CI_COMMIT_TIMESTAMP" +%s 2>/dev/null ||
  date -u -D '%Y-%m-%dT%H:%M:%S' -d "${CI_COMMIT_TIMESTAMP%[+-]*}" +%s)
export SOURCE_DATE_EPOCH
docker buildx build "$@" .
