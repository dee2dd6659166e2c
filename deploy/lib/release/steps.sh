# shellcheck shell=bash
# The steps of an activation, and what each leaves behind when it fails.

activate() {
  ACTIVE=$(active_slot)
  if [ "$SLOT" = idle ]; then
    if [ -n "$ACTIVE" ]; then SLOT=$(other_slot "$ACTIVE"); else SLOT=blue; fi
    if runs_already "$ACTIVE"; then return 0; fi
  fi
  if [ "$SLOT" = "$ACTIVE" ]; then
    if runs_already "$SLOT"; then return 0; fi
    refuse "$SLOT has the traffic and is never replaced under it; name $(other_slot "$SLOT"), or idle"
  fi
  if is_the_guides_rollback; then
    say "$SLOT still holds the release before: it gets the traffic back"
    give_back "$SLOT"
    return 0
  fi
  release
}

# MANIFEST with these settings has the traffic already.
runs_already() {
  [ -n "$1" ] && [ "$(slot_print "$1")" = "$(fingerprint "$MANIFEST")" ] && slot_runs "$1" || return 1
  say "nothing to do: $1 runs $(jq -r .git_sha "$MANIFEST") with these settings"
}

# `release-activate.sh prod manifest.json DOMAIN <other-slot>`: the manifest is the one in use, the slot holds another.
is_the_guides_rollback() {
  [ -n "$ACTIVE" ] && [ -n "$(slot_print "$SLOT")" ] && [ "$(slot_print "$ACTIVE")" = "$(fingerprint "$MANIFEST")" ]
}

release() {
  say "release $(jq -r .git_sha "$MANIFEST") to $ENVIRONMENT, slot $SLOT; in use: ${ACTIVE:-none}"
  # What still runs there is left of a release that failed.
  if [ -r "$(slot_manifest "$SLOT")" ]; then slot_stop "$SLOT" >/dev/null 2>&1 || true; fi
  keep_manifest
  say "fetch"
  slot_fetch "$SLOT" || fail "not everything that the manifest names could be fetched"
  settings_hold
  say "migrate (expand)"
  slot_tool "$SLOT" migrate || fail "the migration failed; the version before runs on, what was applied stays"
  slot_tool "$SLOT" seed || fail "the seed failed"
  say "start $SLOT"
  slot_start "$SLOT" || stop_and_fail "$SLOT did not start"
  prove_ready
  say "flip"
  flip "$SLOT" || flip_back_and_fail "Traefik did not follow"
  say "$SLOT has the traffic; watching for $RELEASE_WATCH s"
  watch_slot "$SLOT" "$RELEASE_WATCH" || back_to_before
  keep_fingerprint "$SLOT"
  note activated "$SLOT"
  drain_before
  say "done: $DOMAIN runs $(jq -r .git_sha "$MANIFEST") in $SLOT"
}

# The new version itself says which of its settings are missing or contradict each other. Of the parts it needs, it
# says so after the migration, by its readiness.
settings_hold() {
  local said
  said=$(slot_tool "$SLOT" doctor 2>&1 || true)
  if grep -q '^fine   settings' <<<"$said"; then return 0; fi
  printf '%s\n' "$said" >&2
  refuse "the settings are not what this version needs; see above"
}

prove_ready() {
  within 60 slot_ready "$SLOT" || stop_and_fail "not ready: $(slot_unready "$SLOT")"
  if [ "$RELEASE_CANARY" = none ]; then
    warn "RELEASE_CANARY is none: no purchase was tried"
    return 0
  elif [ -z "$ACTIVE" ]; then
    warn "the first release: there is no store yet in which a purchase could be tried"
    return 0
  fi
  say "a purchase in the store $RELEASE_CANARY"
  within 30 purchase "$SLOT" || stop_and_fail "the purchase in the store $RELEASE_CANARY failed"
  warm "$SLOT" || stop_and_fail "the pages of the store $RELEASE_CANARY do not answer"
}

stop_and_fail() {
  slot_words "$SLOT" >&2 || true
  slot_stop "$SLOT" >/dev/null 2>&1 || true
  fail "$1; $SLOT is stopped, traffic is where it was (${ACTIVE:-nowhere})"
}

# Traefik keeps its last configuration when a file is wrong; what is on disk has to say the same.
flip_back_and_fail() {
  if [ -n "$ACTIVE" ]; then flip "$ACTIVE" || true; else rm -f "$ACTIVE_FILE"; fi
  stop_and_fail "$1"
}

# After the flip: the slot before still runs, so going back is one write.
back_to_before() {
  if [ -z "$ACTIVE" ]; then stop_and_fail "$SLOT did badly, and there is none before it"; fi
  flip "$ACTIVE" || warn "Traefik does not answer from $ACTIVE"
  note failed "$SLOT"
  slot_words "$SLOT" >&2 || true
  slot_stop "$SLOT" >/dev/null 2>&1 || true
  warn "$SLOT did badly: $ACTIVE has the traffic again"
  exit 3
}

# Nothing new goes there: what is under way is finished, and the slot stays as it is for a rollback.
drain_before() {
  if [ -z "$ACTIVE" ]; then return 0; fi
  say "drain $ACTIVE"
  slot_stop "$ACTIVE" >/dev/null || warn "$ACTIVE did not stop in good order within $STOP_SECONDS s"
}

# give_back SLOT: the way back. No fetch, no migration: the schema has only grown.
give_back() {
  local slot=$1 before
  before=$(active_slot)
  slot_runs "$slot" || slot_again "$slot" || fail "$slot did not start; traffic is where it was (${before:-nowhere})"
  SLOT=$slot ACTIVE=$before
  within 30 slot_ready "$slot" || stop_and_fail "not ready: $(slot_unready "$slot")"
  flip "$slot" || flip_back_and_fail "Traefik did not follow"
  say "$slot has the traffic"
  note "rolled back" "$slot"
  drain_before
}
