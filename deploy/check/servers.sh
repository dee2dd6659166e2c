#!/usr/bin/env bash
# What can be known of terraform/, ansible/, deploy/secrets and deploy/postgres without a server: no argument; exit code
# 1 and what is wrong when something is. It needs python3 with venv, age (age-keygen), openssl and PostgreSQL 15's
# programs; everything else comes from PyPI, in exact versions, into a folder of the cache.
#
# Terraform's own checks (fmt, and the variables of each environment) run where a terraform is; `terraform validate`
# needs the providers of HashiCorp's registry and is the pipeline's. Our policy asks for the same shape without them.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CHECKOUT=$(cd "$HERE/../.." && pwd -P)
CACHE=${STORES_CACHE_DIR:-${HOME:-/var/tmp}/.cache/stores}
SCRATCH=$(mktemp -d)
trap 'rm -rf "$SCRATCH"' EXIT
ENVIRONMENTS=(dev uat staging prod)
WRONG=0

wrong() {
  printf '%s\n' "$@" >&2
  WRONG=1
}

# quiet WHAT COMMAND…: its words are shown when it fails, and only then.
quiet() {
  local what=$1 log
  log=$SCRATCH/log.$RANDOM
  shift
  "$@" >"$log" 2>&1 </dev/null || wrong "$what:" "$(tail -n 40 "$log")"
}

tools() {
  local folder
  folder=$CACHE/servers-$(sha256sum "$HERE/servers-requirements.txt" | cut -c1-12)
  if [ ! -e "$folder/.complete" ]; then
    rm -rf "$folder"
    mkdir -p "$CACHE"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$HERE/servers-requirements.txt"
    touch "$folder/.complete"
  fi
  PATH=$folder/bin:$PATH
  # ansible-lint looks for what it calls in the folder of its Python.
  export PATH ANSIBLE_HOME=$SCRATCH/ansible ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=false
}

# --- Terraform

terraform_holds() {
  quiet "rules over terraform/" python3 "$HERE/policy/terraform.py" "$CHECKOUT/terraform"
  quiet "terraform/env.sh" shellcheck "$CHECKOUT/terraform/env.sh"
  if ! command -v terraform >/dev/null; then
    printf 'no terraform on this machine: terraform fmt and the rules of its variables are left to the pipeline\n'
    return 0
  fi
  quiet "terraform fmt" terraform -chdir="$CHECKOUT/terraform" fmt -check -diff -recursive
  terraform_variables_hold
}

# The variables alone, with each environment's values: their rules run, and no provider is needed.
terraform_variables_hold() {
  local folder=$SCRATCH/variables environment
  mkdir -p "$folder"
  cp "$CHECKOUT/terraform/variables.tf" "$folder/"
  cat >"$folder/site.auto.tfvars" <<'TEXT'
zone_id             = "0123456789abcdef0123456789abcdef"
ssh_keys            = { ana = "ssh-ed25519 AAAA ana@laptop" }
ssh_from            = ["192.0.2.0/24"]
certificate_contact = "ops@example.com"
dmarc_reports       = "dmarc@example.com"
TEXT
  for environment in "${ENVIRONMENTS[@]}"; do
    quiet "values of $environment" terraform -chdir="$folder" plan -input=false -lock=false \
      -var environment="$environment" -var-file="$CHECKOUT/terraform/environments/$environment.tfvars"
  done
  if terraform -chdir="$folder" plan -input=false -lock=false -var environment=prod -var 'ssh_from=["0.0.0.0/0"]' \
    -var-file="$CHECKOUT/terraform/environments/prod.tfvars" >"$SCRATCH/open.log" 2>&1; then
    wrong "terraform: port 22 may be opened to the world"
  fi
}

# --- Ansible

# Secrets as make.sh begins them, and what others would have given.
# shellcheck disable=SC2317  # quiet calls it
secrets_of() {
  local environment=$1 kind=test name
  [ "$environment" != prod ] || kind=live
  STORES_SECRETS_SOURCE=$SCRATCH/secrets STORES_AGE_DIR=$SCRATCH/age "$CHECKOUT/deploy/secrets/make.sh" "$environment"
  export SOPS_AGE_KEY_FILE=$SCRATCH/age/$environment.agekey
  sops decrypt "$SCRATCH/secrets/$environment.sops.yaml" >"$SCRATCH/plain.yaml"
  for name in cloudflare_api_token=cf_0123456789abcdefghij stripe_secret_key=sk_${kind}_0123456789abcdef \
    stripe_public_key=pk_${kind}_0123456789abcdef stripe_webhook_secret=whsec_0123456789abcdef \
    stripe_connect_webhook_secret=whsec_fedcba9876543210 backup_s3_key=0123456789abcdef backup_s3_secret=fedcba9876543210; do
    sed -i "s|^${name%%=*}: .*|${name%%=*}: \"${name#*=}\"|" "$SCRATCH/plain.yaml"
  done
  sops --config "$SCRATCH/secrets/.sops.yaml" encrypt --filename-override "$environment.sops.yaml" \
    --input-type yaml --output-type yaml "$SCRATCH/plain.yaml" >"$SCRATCH/secrets/$environment.sops.yaml"
}

# What the company would write into group_vars/all/site.yml.
site_values() {
  cat >"$SCRATCH/site.yml" <<TEXT
people: [{ name: ana, keys: ["ssh-ed25519 AAAA ana@laptop"] }]
automation_keys: ["ssh-ed25519 AAAA runner"]
registry: registry.example.com
release_identity: pipeline
release_issuer: https://gitlab.example.com
ansible_host: 127.0.0.1
ansible_python_interpreter: $(command -v python3)
owner_user: "$(id -un)"
owner_group: "$(id -gn)"
manifest: $SCRATCH/manifest.json
TEXT
  printf '{"images": {"stores-postgres": "registry.example.com/stores-postgres@sha256:0"}}' >"$SCRATCH/manifest.json"
  : >"$SCRATCH/manifest.json.bundle"
}

# files_of ENVIRONMENT FOLDER [OPTION…]: everything the roles write for it.
files_of() {
  local environment=$1 folder=$2
  shift 2
  (
    cd "$CHECKOUT/ansible" &&
      SOPS_AGE_KEY_FILE=$SCRATCH/age/$environment.agekey ansible-playbook -i "inventories/$environment" try-files.yml \
        -e "@$SCRATCH/site.yml" -e "host_root=$folder" \
        -e "secrets_file=$SCRATCH/secrets/$environment.sops.yaml" "$@"
  )
}

ansible_holds() {
  local environment which
  quiet yamllint yamllint --strict -c "$CHECKOUT/ansible/.yamllint" "$CHECKOUT/deploy/secrets"
  site_values
  mkdir "$SCRATCH/secrets"
  for environment in "${ENVIRONMENTS[@]}"; do
    quiet "secrets of $environment" secrets_of "$environment"
    which=(--tags settings)
    [ "$environment" != prod ] || which=(--skip-tags machine)
    quiet "files of $environment" files_of "$environment" "$SCRATCH/$environment" "${which[@]}"
  done
  roles_change_nothing_twice
  environments_differ_where_they_may
  files_are_sound
  bad_settings_are_told
}

roles_change_nothing_twice() {
  files_of prod "$SCRATCH/prod" --skip-tags machine >"$SCRATCH/second.log" 2>&1 || wrong "the roles, a second time:" "$(tail -n 20 "$SCRATCH/second.log")"
  grep -q 'changed=0 ' "$SCRATCH/second.log" || wrong "the roles change something the second time:" \
    "$(grep -B 3 '^changed:' "$SCRATCH/second.log" || true)"
}

# Names that may have another value from one environment to the next; any other difference is a mistake.
MAY_DIFFER='STORES_ENV|JWT_KEY_ID|BASE_DOMAIN|MINIO_PUBLIC_ENDPOINT|SYSADMIN_EMAIL|ZEPTOMAIL_FROM_EMAIL|OTEL_EXPORTER_OTLP_ENDPOINT|RELEASE_CANARY|RELEASE_WATCH|DATA_CPUS|POSTGRES_MEMORY'

environments_differ_where_they_may() {
  local environment other file
  for environment in dev uat staging; do
    other=$(for file in settings.env compose/.env release.env; do
      diff "$SCRATCH/prod/opt/stores/$file" "$SCRATCH/$environment/opt/stores/$file"
    done | grep -E '^[<>]' | grep -vE "^[<>] ($MAY_DIFFER)=" || true)
    [ -z "$other" ] || wrong "$environment differs from prod in what is the same everywhere:" "$other"
  done
  for environment in "${ENVIRONMENTS[@]}"; do
    other=$(sed -n 's/^BASE_DOMAIN=//p' "$SCRATCH/$environment/opt/stores/settings.env")
    grep -qF "\"https://$other/api/health\"" "$SCRATCH/$environment/opt/stores/obs/targets/outside.yml" ||
      wrong "$environment watches another one's door"
  done
}

files_are_sound() {
  local home=$SCRATCH/prod/opt/stores name derived
  quiet "daemon.json" python3 -m json.tool "$SCRATCH/prod/etc/docker/daemon.json"
  # No setting has a name that the platform does not know.
  while read -r name; do
    grep -q "^$name=" "$CHECKOUT/.env.example" || wrong "settings.env: .env.example has no $name"
  done < <(sed -n 's/^\([A-Z][A-Z0-9_]*\)=.*/\1/p' "$home/settings.env")
  # The services log in as the program derives it (crates/kernel/src/config/passwords.rs).
  derived=$(printf 'stores_orders' | openssl dgst -sha256 -hmac "$(sed -n 's|.*stores_user:\(.*\)@.*|\1|p' "$home/secrets/database_url")" -r | cut -d' ' -f1)
  grep -q "^postgresql://stores_orders:$derived@stores-postgres:5432/stores_db\$" "$home/secrets/orders_database_url" ||
    wrong "orders_database_url is not what the program derives"
  [ -z "$(find "$home/secrets" -type f ! -perm 440)" ] || wrong "a secret's file has another mode than 0440"
  if grep -rqE 'sk_live_0123456789|AGE-SECRET-KEY-' "$SCRATCH/prod" --exclude-dir=secrets; then wrong "a secret is outside of secrets/"; fi
  secrets_are_complete "$home/secrets"
}

# What compose mounts is there.
secrets_are_complete() {
  local name list=$CHECKOUT/deploy/compose/secrets.list
  while read -r name _; do
    case $name in '' | '#'*) continue ;; esac
    [ -e "$1/$name" ] || wrong "deploy/compose/secrets.list names $name, and nothing makes it"
  done <"$list"
}

# All of what is wrong is said at once, and nothing is written.
bad_settings_are_told() {
  local log=$SCRATCH/bad.log expected
  sed -i 's/^stripe_secret_key: .*/stripe_secret_key: "sk_test_0123456789abcdef"/; s/^redis_password: .*/redis_password: ""/;
    s/^moloni_client_id: .*/moloni_client_id: "one of two"/; $a unheard_of: "x"' "$SCRATCH/plain.yaml"
  SOPS_AGE_KEY_FILE=$SCRATCH/age/prod.agekey sops --config "$SCRATCH/secrets/.sops.yaml" encrypt --filename-override prod.sops.yaml \
    --input-type yaml --output-type yaml "$SCRATCH/plain.yaml" >"$SCRATCH/secrets/prod.sops.yaml"
  if files_of prod "$SCRATCH/bad" --skip-tags machine >"$log" 2>&1; then wrong "secrets that are wrong were taken"; fi
  for expected in 'stripe_secret_key does not start with' 'redis_password is not set' 'moloni_client_secret not set' 'unheard_of: no secret'; do
    grep -q "$expected" "$log" || wrong "wrong secrets: nobody said \"$expected\""
  done
  if files_of prod "$SCRATCH/bad2" --skip-tags machine -e registry= -e manifest=/nowhere -e stores_env=uat >"$log" 2>&1; then
    wrong "settings that are wrong were taken"
  fi
  for expected in 'registry is not set' 'there is no manifest' 'stores_env is uat'; do
    grep -q "$expected" "$log" || wrong "wrong settings: nobody said \"$expected\""
  done
  [ ! -e "$SCRATCH/bad/opt/stores/secrets" ] || wrong "secrets that are wrong were written"
}

# --- PostgreSQL

postgres_holds() {
  local programs
  programs=$(printf '%s\n' /usr/lib/postgresql/15/bin)
  quiet "deploy/postgres/postgresql.conf" "$programs/postgres" -C max_connections -D "$SCRATCH" \
    -c "config_file=$CHECKOUT/deploy/postgres/postgresql.conf"
  quiet "deploy/postgres/init" shellcheck "$CHECKOUT"/deploy/postgres/init/*.sh "$CHECKOUT/deploy/secrets/make.sh"
}

# Also yamllint, and the syntax check of each playbook.
lint() { (cd "$CHECKOUT/ansible" && ansible-lint --offline --nocolor -q); }

tools
lint >"$SCRATCH/lint.log" 2>&1 </dev/null &
LINT=$!
terraform_holds
ansible_holds
postgres_holds
wait "$LINT" || wrong ansible-lint: "$(cat "$SCRATCH/lint.log")"
exit "$WRONG"
