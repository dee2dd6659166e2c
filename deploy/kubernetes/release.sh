#!/usr/bin/env bash
# release.sh ENV MANIFEST: the release of a manifest into a cluster, by the contract of deploy/release-activate.sh: the
# migration first (expand), then every deployment, each new pod ready before an old one goes. Rollback:
# `kubectl -n stores rollout undo deployment --selector app.kubernetes.io/part-of=stores`.
# --dry-run prints what would be applied.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
DRY_RUN=
if [ "${1:-}" = --dry-run ]; then
  DRY_RUN=yes
  shift
fi
if [ "$#" -ne 2 ] || [ ! -d "$HERE/overlays/$1" ] || [ ! -r "$2" ]; then
  echo "release.sh [--dry-run] staging|prod manifest.json" >&2
  exit 2
fi
OVERLAY=$HERE/overlays/$1 MANIFEST=$2
bad=$(jq -r '.images | to_entries[] | select(.value | test("@sha256:[0-9a-f]{64}$") | not) | .key' "$MANIFEST")
[ -z "$bad" ] || { echo "$MANIFEST: not by digest: $bad" >&2; exit 2; }

# A component that names the images by digest, and the migration after the release.
mkdir -p "$OVERLAY/release"
jq -r '"apiVersion: kustomize.config.k8s.io/v1alpha1", "kind: Component", "images:",
    (.images | to_entries[] | (.value | split("@")) as [$name, $digest]
      | "  - {name: \(.key), newName: \"\($name)\", digest: \"\($digest)\"}"),
    "patches:", "  - target: {kind: Job, name: stores-migrate}",
    "    patch: \u0027[{\"op\": \"replace\", \"path\": \"/metadata/name\", \"value\": \"stores-migrate-\(.git_sha[0:12])\"}]\u0027"' \
  "$MANIFEST" >"$OVERLAY/release/kustomization.yaml"

rendered() { kubectl kustomize --load-restrictor LoadRestrictionsNone "$OVERLAY"; }

if [ -n "$DRY_RUN" ]; then
  rendered
  exit 0
fi
JOB=stores-migrate-$(jq -r '.git_sha[0:12]' "$MANIFEST")
rendered | kubectl apply --server-side --selector 'app.kubernetes.io/name notin (stores-tenants,stores-catalog,stores-orders,stores-payments,stores-invoicing,stores-mail,stores-migration,stores-storefront,stores-admin)' -f -
kubectl -n stores wait --for=condition=complete --timeout=30m "job/$JOB"
rendered | kubectl apply --server-side -f -
kubectl -n stores rollout status deployment --selector app.kubernetes.io/part-of=stores --timeout=10m
