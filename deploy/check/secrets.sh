#!/usr/bin/env bash
# Whether rotate-secrets.sh changes keys in the order of docs/security.md: at no step a key is gone that still opens or
# verifies something. A plain file of JSON stands in for the sealed one, and this script for sops.
set -euo pipefail

# As sops: decrypt --extract '["name"]' FILE, set --value-stdin FILE '["name"]' with the value in JSON as its input.
if [ "${1:-}" = decrypt ]; then
  jq -er ".$3" "$4"
  exit
elif [ "${1:-} ${2:-}" = "set --value-stdin" ]; then
  jq --slurpfile value <(cat) ".$4 = \$value[0]" "$3" >"$3.new"
  mv "$3.new" "$3"
  exit
fi

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
STORES_SECRETS_SOURCE=$(mktemp -d)
trap 'rm -rf "$STORES_SECRETS_SOURCE"' EXIT
export STORES_SECRETS_SOURCE SOPS=$HERE/secrets.sh
FILE=$STORES_SECRETS_SOURCE/dev.sops.yaml
FAILED=0

rotate() { "$HERE/../bin/rotate-secrets.sh" dev "$@" >/dev/null 2>&1; }

value() { jq -r ".$1" "$FILE"; }

holds() {
  if ! [[ $2 =~ $3 ]]; then
    printf '%s: %s is not %s\n' "$1" "$2" "$3" >&2
    FAILED=1
  fi
}

refused() {
  if "$@"; then
    printf 'not refused: %s\n' "$*" >&2
    FAILED=1
  fi
}

printf '{"jwt_secret_key": "old", "jwt_previous_keys": "", "sealing_keys": "1:old", "redis_password": "old"}' >"$FILE"

refused rotate jwt switch
rotate jwt prepare
new=$(value jwt_previous_keys)
holds "prepared" "$new" '^2:[0-9a-f]{64}$'
holds "the old one signs" "$(value jwt_secret_key)" '^old$'
refused rotate jwt prepare
rotate jwt switch
holds "the new one signs" "$(value jwt_secret_key)" "^${new#2:}\$"
holds "the old one verifies" "$(value jwt_previous_keys)" '^1:old$'
rotate jwt finish
holds "the old one is gone" "$(value jwt_previous_keys)" '^$'

refused rotate sealing finish
rotate sealing prepare
holds "the new one opens" "$(value sealing_keys)" '^1:old,2:[0-9a-f]{64}$'
rotate sealing switch
holds "the new one seals" "$(value sealing_keys)" '^2:[0-9a-f]{64},1:old$'
rotate sealing finish
holds "the old one is gone" "$(value sealing_keys)" '^2:[0-9a-f]{64}$'

rotate redis_password
holds "drawn, as long as make.sh draws it" "$(value redis_password)" '^[0-9a-f]{32}$'
refused rotate stripe_secret_key </dev/null
rotate stripe_secret_key <<<sk_test_new
holds "as it was given" "$(value stripe_secret_key)" '^sk_test_new$'
refused rotate nobodys_secret
refused rotate pgbackrest_cipher
exit "$FAILED"
