#!/usr/bin/env bash
# rotate-secrets.sh ENV NAME [STEP]: changes a secret in deploy/secrets/ENV.sops.yaml, one step at a time, so that
# nobody is signed out and nothing sealed is lost. After each step: commit, and deploy-stack.yml, which moves the
# traffic to a slot that has the new secret. It says what comes next.
#
#   jwt      prepare, switch, finish   the key of tokens; `finish` after JWT_EXPIRE_MINUTES
#   sealing  prepare, switch, finish   the key of secrets at rest; between switch and finish: `stores reseal`
#   any other name of deploy/secrets/names.yml: one step. What others gave us is read from standard input, what is
#   ours is drawn.
#
# Runs in a checkout, on the machine of who holds the environment's age key (SOPS_AGE_KEY_FILE).
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
SECRETS=${STORES_SECRETS_SOURCE:-$HERE/../secrets}
NAMES=$HERE/../secrets/names.yml
SOPS=${SOPS:-sops}

refuse() {
  printf '%s\n' "$@" >&2
  exit 2
}

[ "$#" -ge 2 ] || refuse "rotate-secrets.sh dev|uat|staging|prod jwt|sealing|NAME [prepare|switch|finish]"
ENVIRONMENT=$1 NAME=$2 STEP=${3:-}
FILE=$SECRETS/$ENVIRONMENT.sops.yaml
[ -e "$FILE" ] || refuse "there is no $FILE: deploy/secrets/make.sh $ENVIRONMENT begins it"
command -v "$SOPS" >/dev/null || refuse "sops is missing on this machine"

get() { "$SOPS" decrypt --extract "[\"$1\"]" "$FILE" 2>/dev/null || true; }

# By no argument: those are in the list of processes.
put() { printf '%s' "$2" | jq -Rs . | "$SOPS" set --value-stdin "$FILE" "[\"$1\"]"; }

draw() { openssl rand -hex "${1:-32}"; }

next() {
  printf 'done: %s of %s\n' "$NAME${STEP:+, $STEP}" "$ENVIRONMENT"
  printf 'next: git commit -m "%s of %s is changed" %s\n' "$NAME" "$ENVIRONMENT" "${FILE#"$PWD/"}"
  printf '      ansible-playbook -i inventories/%s deploy-stack.yml\n' "$ENVIRONMENT"
  local line
  for line in "$@"; do printf '      %s\n' "$line"; done
}

# In pairs kid:key the id after the highest.
next_id() { printf '%s' "$1" | tr ',' '\n' | sed 's/[:@].*//' | sort -n | tail -n 1 | awk '{ print $1 + 1 }'; }

# The id that signs is the inventory's jwt_key_id, where it is not the first.
jwt() {
  local previous old_id new_id
  old_id=$(sed -n 's/^jwt_key_id: *//p' "$HERE/../../ansible/inventories/$ENVIRONMENT/group_vars/stores.yml" 2>/dev/null || true)
  old_id=${old_id:-1}
  previous=$(get jwt_previous_keys)
  case $STEP in
    prepare)
      [ -z "$previous" ] || refuse "a change is under way: jwt_previous_keys is not empty; switch or finish it"
      put jwt_previous_keys "$((old_id + 1)):$(draw)"
      next "rotate-secrets.sh $ENVIRONMENT jwt switch"
      ;;
    switch)
      new_id=$(next_id "$previous")
      new_id=$((new_id - 1))
      [ "$new_id" -eq $((old_id + 1)) ] || refuse "no change is prepared for the key $old_id, which jwt_key_id of inventories/$ENVIRONMENT says signs now"
      put jwt_previous_keys "$old_id:$(get jwt_secret_key)"
      put jwt_secret_key "${previous#*:}"
      next "and in the same commit: jwt_key_id: $new_id in ansible/inventories/$ENVIRONMENT/group_vars/stores.yml" \
        "after JWT_EXPIRE_MINUTES: rotate-secrets.sh $ENVIRONMENT jwt finish"
      ;;
    finish)
      [ -n "$previous" ] || refuse "there is nothing to finish"
      [ -n "$(get sealing_keys)" ] || refuse "without sealing_keys the keys of tokens seal too: set it first (docs/security.md)"
      put jwt_previous_keys ""
      next
      ;;
    *) refuse "jwt is changed in three steps: prepare, switch, finish" ;;
  esac
}

sealing() {
  local keys first second
  keys=$(get sealing_keys)
  first=${keys%%,*} second=
  if [[ $keys == *,* ]]; then second=${keys#*,}; fi
  case $STEP in
    prepare)
      [ -z "$second" ] || refuse "a change is under way: there are two sealing keys"
      put sealing_keys "$keys,$(next_id "$keys"):$(draw)"
      next "rotate-secrets.sh $ENVIRONMENT sealing switch"
      ;;
    switch)
      [ -n "$second" ] || refuse "no change is prepared"
      put sealing_keys "$second,$first"
      next "on the host: sudo stores reseal, until it seals nothing" \
        "rotate-secrets.sh $ENVIRONMENT sealing finish"
      ;;
    finish)
      [ -n "$second" ] || refuse "there is nothing to finish"
      put sealing_keys "$first"
      next
      ;;
    *) refuse "sealing is changed in three steps: prepare, switch, finish" ;;
  esac
}

single() {
  local line value=
  line=$(grep -E "name: ${NAME}[ ,]|name: ${NAME}\$" "$NAMES") || refuse "deploy/secrets/names.yml knows no $NAME"
  case $NAME in
    jwt_secret_key | jwt_previous_keys) refuse "that is: rotate-secrets.sh $ENVIRONMENT jwt prepare" ;;
    sealing_keys) refuse "that is: rotate-secrets.sh $ENVIRONMENT sealing prepare" ;;
    pgbackrest_cipher) refuse "a new one makes every backup there is unreadable: docs/runbooks/key-leaked.md" ;;
  esac
  if [[ $line == *"made: true"* ]]; then
    # As long as make.sh draws it.
    [[ $line =~ \ length:\ ([0-9]+), ]] || refuse "deploy/secrets/names.yml gives $NAME no length"
    value=$(draw $(((BASH_REMATCH[1] + 1) / 2)))
  else
    IFS= read -r value || true
    [ -n "$value" ] || refuse "$NAME is given by others: its value is read from standard input"
  fi
  put "$NAME" "$value"
  case $NAME in
    *_password | minio_*) next "its server has to learn it too, before that: docs/runbooks/key-leaked.md" ;;
    *) next ;;
  esac
}

case $NAME in jwt) jwt ;; sealing) sealing ;; *) single ;; esac
