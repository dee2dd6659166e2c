# shellcheck shell=bash
# Everything that can be known to be wrong before anything changes, said at once.

# A service's image each, the storefront's and the panel's; `stores` is the operator's program (migrate, seed, doctor).
IMAGES=(stores-tenants stores-catalog stores-orders stores-payments stores-invoicing stores-mail stores-migration
  stores-storefront stores-admin stores)
# What no installation can do without (.env.example).
REQUIRED=(DATABASE_URL REDIS_URL RABBITMQ_URL JWT_SECRET_KEY STRIPE_SECRET_KEY STRIPE_PUBLIC_KEY
  STRIPE_WEBHOOK_SECRET STRIPE_CONNECT_WEBHOOK_SECRET MINIO_ENDPOINT MINIO_ACCESS_KEY MINIO_SECRET_KEY)

wrong() { PROBLEMS+=("$*"); }

check_everything() {
  PROBLEMS=("${STATE_PROBLEMS[@]}")
  check_words
  check_tools
  slot_template >/dev/null || wrong "there is no active.yml.in in $STORES_HOME/traefik"
  if command -v jq >/dev/null; then
    check_manifest
    check_signature
  fi
  if [ -d "$STORES_HOME" ]; then check_settings; fi
  [ "${#PROBLEMS[@]}" -eq 0 ] || refuse "${PROBLEMS[@]}"
}

check_words() {
  case $ENVIRONMENT in dev | uat | staging | prod) ;; *) wrong "ENV is $ENVIRONMENT; it is dev, uat, staging or prod" ;; esac
  case $SLOT in blue | green | idle) ;; *) wrong "SLOT is $SLOT; it is blue, green or idle" ;; esac
  case $RELEASE_RUNTIME in compose | processes) ;; *) wrong "RELEASE_RUNTIME is $RELEASE_RUNTIME; it is compose or processes" ;; esac
  [[ $DOMAIN =~ ^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+$ ]] || wrong "DOMAIN is $DOMAIN; it is a host in lower case, such as store.inallweb.com"
  [[ $RELEASE_WATCH =~ ^[0-9]+$ ]] || wrong "RELEASE_WATCH is $RELEASE_WATCH; it is a number of seconds"
}

check_tools() {
  local tool
  for tool in jq curl flock sha256sum; do
    command -v "$tool" >/dev/null || wrong "$tool is missing on this host (Debian and Ubuntu: jq, curl, util-linux, coreutils)"
  done
  if [ "$RELEASE_RUNTIME" = compose ]; then
    docker compose version >/dev/null 2>&1 || wrong "docker compose is missing on this host: ansible/bootstrap-vps.yml installs it"
  fi
}

# The release's own record: a name for everything, each exact to the byte.
check_manifest() {
  [ -r "$MANIFEST" ] || { wrong "there is no manifest $MANIFEST"; return; }
  jq -e 'type == "object"' "$MANIFEST" >/dev/null 2>&1 || { wrong "$MANIFEST is not a JSON object"; return; }
  jq -e '.version == 1' "$MANIFEST" >/dev/null || wrong "$MANIFEST: version is not 1"
  jq -e '.git_sha | type == "string" and test("^[0-9a-f]{40}$")' "$MANIFEST" >/dev/null ||
    wrong "$MANIFEST: git_sha is not 40 hexadecimal digits"
  local name image
  for name in "${IMAGES[@]}"; do
    image=$(jq -r --arg name "$name" '.images[$name] // empty' "$MANIFEST" 2>/dev/null || true)
    if [ -z "$image" ]; then
      wrong "$MANIFEST: images has no $name"
    elif ! [[ $image =~ ^[^@[:space:]]+@sha256:[0-9a-f]{64}$ ]]; then
      wrong "$MANIFEST: $name is $image; an image is named by its digest (NAME@sha256:…)"
    fi
  done
}

# Where people's money moves, a manifest is one that our own pipeline signed.
check_signature() {
  case $ENVIRONMENT in staging | prod) ;; *) return 0 ;; esac
  if [ "$RELEASE_RUNTIME" = processes ]; then return 0; fi
  if [ -z "${RELEASE_IDENTITY:-}" ] || [ -z "${RELEASE_ISSUER:-}" ]; then
    wrong "RELEASE_IDENTITY and RELEASE_ISSUER are not set in $STORES_HOME/release.env: $ENVIRONMENT runs signed releases only"
  elif ! command -v cosign >/dev/null; then
    wrong "cosign is missing on this host: ansible/bootstrap-vps.yml installs it"
  elif [ ! -r "$MANIFEST.bundle" ]; then
    wrong "there is no signature $MANIFEST.bundle"
  elif ! cosign verify-blob --bundle "$MANIFEST.bundle" --certificate-identity-regexp "$RELEASE_IDENTITY" \
    --certificate-oidc-issuer "$RELEASE_ISSUER" "$MANIFEST" >/dev/null 2>&1; then
    wrong "$MANIFEST is not signed by $RELEASE_IDENTITY"
  fi
}

# Reads the settings once: empty counts as unset, the last of two counts, and TWICE says that there were two.
declare -A SETTING=()
read_settings() {
  local name value
  TWICE=()
  while IFS='=' read -r name value; do
    if [ -n "${SETTING[$name]+there}" ]; then TWICE+=("$name"); fi
    value=${value%\'} value=${value#\'}
    value=${value%\"} value=${value#\"}
    SETTING[$name]=$value
  done < <(grep -E '^[A-Z][A-Z0-9_]*=' "$SETTINGS")
}

# setting NAME: as the services will read it.
setting() { printf '%s' "${SETTING[$1]:-}"; }

# Where a secret's file is: the one that is named, or the one of its own name in secrets/.
secret_file() {
  local named
  named=$(setting "$1_FILE")
  if [ -n "$named" ]; then printf '%s' "$named"; else printf '%s/secrets/%s' "$STORES_HOME" "${1,,}"; fi
}

# secret NAME: the value, or its file's content.
secret() {
  local value
  value=$(setting "$1")
  if [ -n "$value" ]; then printf '%s' "$value"; else cat "$(secret_file "$1")" 2>/dev/null || true; fi
}

check_settings() {
  [ -r "$SETTINGS" ] || { wrong "there is no $SETTINGS: ansible/deploy-stack.yml renders it"; return; }
  read_settings
  check_twice
  check_required
  check_files_of_secrets
  check_environment
  check_stripe
}

# The same name twice, or a value and a file for one secret: nobody can say which was meant.
check_twice() {
  local name
  for name in "${TWICE[@]}"; do wrong "settings.env: $name is there more than once"; done
  for name in "${!SETTING[@]}"; do
    if [[ -n ${SETTING[$name]} && $name != *_FILE ]] && [ -s "$(secret_file "$name")" ]; then
      wrong "settings.env: $name is set, and so is its file $(secret_file "$name"); leave one out"
    fi
  done
}

check_required() {
  local name
  for name in "${REQUIRED[@]}"; do
    if [ -z "$(setting "$name")" ] && [ ! -s "$(secret_file "$name")" ]; then
      wrong "$name is not set: neither in settings.env nor in $(secret_file "$name")"
    fi
  done
}

# Compose mounts each of them, also those that are empty because nobody uses them.
check_files_of_secrets() {
  local name
  [ -r "$STORES_HOME/compose/secrets.list" ] || return 0
  while read -r name _; do
    case $name in '' | '#'*) continue ;; esac
    [ -e "$STORES_HOME/secrets/$name" ] || wrong "$STORES_HOME/secrets/$name is not there; one that is not used is empty"
  done <"$STORES_HOME/compose/secrets.list"
}

# As STORES_ENV calls ENVIRONMENT.
long_name() { case $ENVIRONMENT in dev) printf development ;; prod) printf production ;; *) printf '%s' "$ENVIRONMENT" ;; esac; }

# The settings are those of ENVIRONMENT.
is_environment() {
  case $(setting STORES_ENV) in "$ENVIRONMENT" | "$(long_name)") return 0 ;; *) return 1 ;; esac
}

check_environment() {
  local stated
  stated=$(setting STORES_ENV)
  is_environment || [ "$RELEASE_RUNTIME" = processes ] ||
    wrong "settings.env: STORES_ENV is ${stated:-not set}; $ENVIRONMENT is $(long_name)"
  [ "$(setting BASE_DOMAIN)" = "$DOMAIN" ] ||
    wrong "settings.env: BASE_DOMAIN is $(setting BASE_DOMAIN), the release is for $DOMAIN"
  [ "$RELEASE_RUNTIME" = compose ] || return 0
  [ "$(setting PUBLIC_SCHEME)" = https ] || wrong "settings.env: PUBLIC_SCHEME is not https"
  [ "$(setting SKIP_RATE_LIMIT_FOR_E2E)" != true ] || [ "$ENVIRONMENT" != prod ] ||
    wrong "settings.env: SKIP_RATE_LIMIT_FOR_E2E is true in prod"
  [ -z "$(setting OUTBOUND_ALLOWED)" ] || [ "$ENVIRONMENT" != prod ] ||
    wrong "settings.env: OUTBOUND_ALLOWED is set in prod"
}

# Live keys belong to production and nowhere else.
check_stripe() {
  local secret_key public_key live=no
  secret_key=$(secret STRIPE_SECRET_KEY)
  public_key=$(secret STRIPE_PUBLIC_KEY)
  if [ "$ENVIRONMENT" = prod ]; then live=yes; fi
  case $secret_key in
    '') ;;
    sk_live_* | rk_live_*) [ $live = yes ] || wrong "STRIPE_SECRET_KEY is a live key, and this is $ENVIRONMENT" ;;
    *) [ $live = no ] || wrong "STRIPE_SECRET_KEY is no live key, and this is prod" ;;
  esac
  case $public_key in
    '') ;;
    pk_live_*) [[ -z $secret_key || $secret_key == ?k_live_* ]] || wrong "STRIPE_PUBLIC_KEY is live, STRIPE_SECRET_KEY is not" ;;
    *) [[ $secret_key != ?k_live_* ]] || wrong "STRIPE_SECRET_KEY is live, STRIPE_PUBLIC_KEY is not" ;;
  esac
}
