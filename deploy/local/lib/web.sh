# shellcheck shell=bash
# The admin panel. Node builds it; what remains are files, which the storefront's program hands out.

WEB=$CHECKOUT/web

panel_up() {
  local made=$WEB/admin/dist/.made-of now
  now=$(panel_sources)
  [ "$(cat "$made" 2>/dev/null)" != "$now" ] || return 0
  web_packages
  say "building the admin panel"
  web_run panel-build npm run --silent build
  printf '%s' "$now" >"$made"
}

# Changes with every file that the panel is made of.
panel_sources() {
  (cd "$WEB" && find package-lock.json api-client admin -type f \
    -not -path '*/node_modules/*' -not -path 'admin/dist/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
}

# The packages of the lock file, Node itself among them: the machine's only has to run npm.
web_packages() {
  local made=$WEB/node_modules/.made-of now
  now=$(sha256sum <"$WEB/package-lock.json")
  [ "$(cat "$made" 2>/dev/null)" != "$now" ] || return 0
  need npm command -v npm
  install_missing
  say "fetching the web's packages"
  web_run npm npm ci --no-audit --no-fund
  printf '%s' "$now" >"$made"
}

# web_run LOG COMMAND…: in web/, with the Node of its packages first.
web_run() {
  local log
  log=$(log_of "$1")
  shift
  (cd "$WEB" && PATH=$WEB/node_modules/.bin:$PATH "$@") >"$log" 2>&1 </dev/null && return 0
  tail -n 15 "$log" >&2
  die "$* failed in web/" "log: $log"
}

# web_in COMMAND…: the same where somebody watches.
web_in() { (cd "$WEB" && PATH=$WEB/node_modules/.bin:$PATH "$@") </dev/null; }

# Chromium is Debian's own: Playwright drives it, Lighthouse too. CHROMIUM names another one.
browser_packages() {
  web_packages
  if [ -z "${CHROMIUM:-}" ]; then
    need chromium command -v chromium
    # As wide as what phones and desktops have in place of a font that is still on its way.
    need fonts-liberation test -e /usr/share/fonts/truetype/liberation
    install_missing
  fi
}
