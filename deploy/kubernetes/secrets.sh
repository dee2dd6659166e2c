#!/usr/bin/env bash
# secrets.sh FOLDER: the secrets that each program mounts, and the owners', out of a folder with a file each: the one that
# deploy-stack.yml lays on a host (/opt/stores/secrets). No value is in an argument.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
FOLDER=${1:-}
[ -r "$FOLDER/database_url" ] || { echo "secrets.sh FOLDER, e.g. a copy of a host's /opt/stores/secrets" >&2; exit 2; }

# secret NAME KEY=FILE…
secret() {
  local name=$1 pair from=()
  shift
  for pair in "$@"; do from+=("--from-file=${pair%%=*}=$FOLDER/${pair#*=}"); done
  kubectl -n stores create secret generic "$name" "${from[@]}" --dry-run=client --output=yaml |
    kubectl -n stores apply --server-side --filename=-
}

for file in "$HERE"/base/*.yaml; do
  mapfile -t names < <(grep -oE '/run/secrets/[a-z_]+|key: [a-z_]+_rabbitmq_url' "$file" | sed 's|.*[/ ]||' | sort -u)
  if [ "${#names[@]}" -gt 0 ]; then secret "stores-$(basename "$file" .yaml)" "${names[@]}"; fi
done
secret stores-cloudflare cloudflare_api_token
owner=()
for name in database_url rabbitmq_url redis_url jwt_secret_key jwt_previous_keys payment_ticket_key sealing_keys sysadmin_password \
  stripe_secret_key stripe_public_key stripe_webhook_secret stripe_connect_webhook_secret minio_access_key minio_secret_key; do
  owner+=("${name^^}=$name")
done
secret stores-owner "${owner[@]}"
