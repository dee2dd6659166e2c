# shellcheck shell=bash
# What a host remembers of its releases.

# Reads the host's own settings; a name that is exported already (by a test, by hand) stays.
open_home() {
  STORES_HOME=${STORES_HOME:-/opt/stores}
  SETTINGS=$STORES_HOME/settings.env
  STATE_PROBLEMS=()
  if [ ! -d "$STORES_HOME" ]; then
    STATE_PROBLEMS+=("$STORES_HOME is not there: ansible/deploy-stack.yml makes it")
  elif [ -f "$STORES_HOME/release.env" ]; then
    local name value
    while IFS='=' read -r name value; do
      if [ -z "${!name:-}" ]; then export "$name=$value"; fi
    done < <(grep -E '^(RELEASE|BACKUP)_[A-Z_]+=' "$STORES_HOME/release.env" || true)
  fi
  RELEASE_RUNTIME=${RELEASE_RUNTIME:-compose}
  RELEASE_CANARY=${RELEASE_CANARY:-canary}
  RELEASE_WATCH=${RELEASE_WATCH:-120}
  RELEASE_DOOR=${RELEASE_DOOR:-https://127.0.0.1:443}
  local folder
  folder=$(sed -n 's/^STORES_TRAEFIK_DIR=//p' "$STORES_HOME/compose/.env" 2>/dev/null | tail -n 1 || true)
  ACTIVE_FILE=${folder:-$STORES_HOME/traefik/dynamic}/active.yml
}

# One release, rollback or change of secrets at a time.
one_at_a_time() {
  exec 9>"$STORES_HOME/release.lock"
  flock -n 9 || refuse "another release is going on (its lock: $STORES_HOME/release.lock)"
}

# The slot that has the traffic; empty before the first release.
active_slot() { sed -n '1s/^# slot: \(blue\|green\)$/\1/p' "$ACTIVE_FILE" 2>/dev/null || true; }

other_slot() { if [ "$1" = blue ]; then printf green; else printf blue; fi; }

slot_manifest() { printf '%s/slots/%s/manifest.json' "$STORES_HOME" "$1"; }

# What a slot was started with: its images and the settings of that hour, secrets included.
slot_print() { cat "$STORES_HOME/slots/$1/fingerprint" 2>/dev/null || true; }

fingerprint() {
  {
    jq -cS .images "$1"
    cat "$SETTINGS"
    if [ -d "$STORES_HOME/secrets" ]; then
      find "$STORES_HOME/secrets" -type f -print0 | sort -z | xargs -0 -r sha256sum
    fi
    if [ -d "$STORES_HOME/compose" ]; then cat "$STORES_HOME/compose"/{base,slot}.yml; fi
  } | sha256sum | cut -d' ' -f1
}

# The slot holds this release from here on, whether or not it will start.
keep_manifest() {
  local folder=$STORES_HOME/slots/$SLOT
  mkdir -p "$folder"
  cp "$MANIFEST" "$folder/manifest.json.new"
  mv "$folder/manifest.json.new" "$folder/manifest.json"
  rm -f "$folder/fingerprint" "$folder/manifest.json.bundle"
  # A host that is made anew begins with what this one ran, and believes what is signed.
  if [ -r "$MANIFEST.bundle" ]; then cp "$MANIFEST.bundle" "$folder/manifest.json.bundle"; fi
}

keep_fingerprint() { fingerprint "$(slot_manifest "$1")" >"$STORES_HOME/slots/$1/fingerprint"; }

# note WHAT SLOT: one line that carries the hash of the line before, so that a line that is taken out shows.
note() {
  local log=$STORES_HOME/releases.log before
  before=$({ tail -n 1 "$log" 2>/dev/null || true; } | sha256sum | cut -d' ' -f1)
  jq -cn --arg at "$(date -u +%FT%TZ)" --arg what "$1" --arg slot "$2" --arg who "${RELEASE_BY:-${SUDO_USER:-$(id -un)}}" \
    --arg before "$before" --arg seconds "$SECONDS" --slurpfile manifest "$(slot_manifest "$2")" \
    '{at: $at, what: $what, slot: $slot, who: $who, git_sha: $manifest[0].git_sha, images: $manifest[0].images,
      seconds: ($seconds | tonumber), before: $before}' >>"$log"
}
