# shellcheck shell=bash
# source env.sh dev|uat|staging|prod: after it, `terraform init`, `plan` and `apply` are about that environment.
#
# It says which values and which state, and complains of everything that is missing at once. From the environment:
#   HCLOUD_TOKEN           a token of the environment's own project in Hetzner's console, with read and write
#   CLOUDFLARE_API_TOKEN   may edit the DNS of the one zone, and nothing else (Zone.DNS:Edit)
#   TF_STATE_URL           https://GITLAB/api/v4/projects/ID/terraform/state
#   TF_HTTP_USERNAME, TF_HTTP_PASSWORD   who reads and writes the state: a person's name and token with the scope api

stores_terraform_environment() {
  local name missing=() folder
  folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
  case ${1:-} in
    dev | uat | staging | prod) ;;
    *)
      echo "source env.sh dev|uat|staging|prod" >&2
      return 2
      ;;
  esac
  for name in HCLOUD_TOKEN CLOUDFLARE_API_TOKEN TF_STATE_URL TF_HTTP_USERNAME TF_HTTP_PASSWORD; do
    [ -n "${!name:-}" ] || missing+=("$name is not set")
  done
  [ -e "$folder/site.auto.tfvars" ] || missing+=("terraform/site.auto.tfvars is not there: site.auto.tfvars.example says what it holds")
  if [ "${#missing[@]}" -gt 0 ]; then
    printf '%s\n' "${missing[@]}" >&2
    return 2
  fi
  export TF_VAR_environment=$1
  export TF_DATA_DIR=.terraform/$1
  export TF_HTTP_ADDRESS=$TF_STATE_URL/stores-$1
  export TF_HTTP_LOCK_ADDRESS=$TF_HTTP_ADDRESS/lock TF_HTTP_UNLOCK_ADDRESS=$TF_HTTP_ADDRESS/lock
  export TF_HTTP_LOCK_METHOD=POST TF_HTTP_UNLOCK_METHOD=DELETE TF_HTTP_RETRY_WAIT_MIN=5
  # `terraform apply FILE`, with a plan that was read before, takes no values: TF_CLI_ARGS_apply= terraform apply FILE
  local values=-var-file=environments/$1.tfvars command
  for command in plan apply destroy refresh import console; do
    export "TF_CLI_ARGS_$command=$values"
  done
}

stores_terraform_environment "$@"
