# shellcheck shell=bash
# The checkout's .env, when there is one: NAME=value lines (see .env.example). It overrides what is
# generated; an empty value counts as unset, and the caller's own environment comes before it here.

dotenv_lines() {
  [ -z "${STORES_IGNORE_DOTENV:-}" ] && [ -f "$CHECKOUT/.env" ] || return 0
  sed -n -E 's/^([A-Z][A-Z0-9_]*)=(.+)$/\1=\2/p' "$CHECKOUT/.env" | tr -d "'\""
}

# So that ports and the like hold for stack.sh itself.
while IFS='=' read -r name value; do
  if [ -z "${!name:-}" ]; then export "$name=$value"; fi
done < <(dotenv_lines)
