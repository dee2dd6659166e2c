#!/usr/bin/env bash
# verify.sh ENV DOMAIN: looks at an environment from outside, as anybody can: that it answers and is healthy, from a
# slot, over a certificate that is valid for weeks, with the headers that belong there, and that nothing else answers.
# Says all that is wrong; exit code 1 when something is. VERIFY_STORE=SLUG also asks a store's pages and goods.
set -euo pipefail

[ "$#" -eq 2 ] || { echo "verify.sh dev|uat|staging|prod DOMAIN" >&2; exit 2; }
ENVIRONMENT=$1 DOMAIN=$2
# dev and uat have certificates of Let's Encrypt's staging.
TRUST=()
case $ENVIRONMENT in dev | uat) TRUST=(--insecure) ;; esac
# Those that a mistake would open: SSH is not among them, the firewall lets our own networks in.
CLOSED_PORTS=(2375 2376 3000 5432 5672 6379 8001 8002 8003 8004 8005 8006 8007 8080 8082 9000 9001 9090 9093 15672 15692)
FAILED=0

wrong() {
  printf '✗ %s\n' "$1" >&2
  FAILED=1
}

get() { curl -sS -m 10 "${TRUST[@]}" "$@"; }

health() {
  local head body
  head=$(mktemp)
  body=$(get -D "$head" "https://$DOMAIN/api/health") || { wrong "https://$DOMAIN/api/health does not answer"; return; }
  grep -q '"status": *"healthy"' <<<"$body" || wrong "not healthy: $body"
  header "$head" x-stores-slot '^(blue|green)$'
  header "$head" strict-transport-security 'max-age=[0-9]{7,}'
  header "$head" x-content-type-options '^nosniff$'
  if grep -qiE '^(server|x-powered-by):' "$head"; then wrong "an answer says what it is made with: $(grep -iE '^(server|x-powered-by):' "$head")"; fi
  rm -f "$head"
}

header() {
  local value
  value=$(tr -d '\r' <"$1" | sed -n "s/^$2: //Ip" | tail -n 1)
  [[ $value =~ $3 ]] || wrong "the header $2 is '$value'"
}

redirect() {
  local place
  place=$(curl -sS -m 10 -o /dev/null -w '%{http_code} %{redirect_url}' "http://$DOMAIN/api/health" || true)
  [[ $place =~ ^30[178]\ https://$DOMAIN/ ]] || wrong "http is not sent to https: $place"
}

certificate() {
  local said trusted=()
  if [ "${#TRUST[@]}" -eq 0 ]; then trusted=(-verify_return_error -verify_hostname "$1"); fi
  said=$(openssl s_client -connect "$DOMAIN:443" -servername "$1" "${trusted[@]}" </dev/null 2>&1) ||
    { wrong "the certificate for $1 is one that browsers refuse: $(grep -i 'verif' <<<"$said" | tail -n 1)"; return; }
  openssl x509 -noout -checkend 1728000 <<<"$said" >/dev/null 2>&1 || wrong "the certificate for $1 ends within twenty days, or is none"
}

inside() {
  local path code
  for path in /internal/metrics /internal/ready /dashboard/ /api/rawdata; do
    code=$(get -o /dev/null -w '%{http_code}' "https://$DOMAIN$path" || true)
    [ "$code" = 404 ] || wrong "$path answers $code from outside"
  done
}

ports() {
  local port
  for port in "${CLOSED_PORTS[@]}"; do
    if timeout 2 bash -c "exec 3<>/dev/tcp/$DOMAIN/$port" 2>/dev/null; then wrong "port $port answers from outside"; fi
  done
}

store() {
  local path
  for path in / /api/catalog/store/products; do
    get -f -o /dev/null "https://$VERIFY_STORE.$DOMAIN$path" || wrong "https://$VERIFY_STORE.$DOMAIN$path does not answer"
  done
}

health
redirect
certificate "$DOMAIN"
certificate "any.$DOMAIN"
inside
ports
if [ -n "${VERIFY_STORE:-}" ]; then store; fi
[ "$FAILED" -eq 0 ] && printf 'all is as it should be at %s\n' "$DOMAIN"
exit "$FAILED"
