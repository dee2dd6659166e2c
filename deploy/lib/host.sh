# shellcheck shell=bash
# What a release, a rollback, a backup and a restore begin with: all that they are made of, and the host they are on.
# Who sources this has set LIB to its folder.

RELEASE_LIB=$LIB/release

source "$RELEASE_LIB/say.sh"
source "$RELEASE_LIB/state.sh"
source "$RELEASE_LIB/checks.sh"
source "$RELEASE_LIB/slots.sh"
source "$RELEASE_LIB/flip.sh"
source "$RELEASE_LIB/canary.sh"
source "$RELEASE_LIB/steps.sh"
source "$LIB/data.sh"

# Its settings, or what it lacks.
this_host() {
  open_home
  [ -r "$SETTINGS" ] || STATE_PROBLEMS+=("there is no $SETTINGS: ansible/deploy-stack.yml renders it")
  [ "${#STATE_PROBLEMS[@]}" -eq 0 ] || refuse "${STATE_PROBLEMS[@]}"
  read_settings
  DOMAIN=$(setting BASE_DOMAIN)
}

# ENVIRONMENT is the one that is here: nobody's terminal tells which host it is on.
meant_for_this_host() {
  if [ "$RELEASE_RUNTIME" = processes ] || is_environment; then return 0; fi
  refuse "this host is $(setting STORES_ENV), and $ENVIRONMENT was named"
}

# check_moment TIME: pgBackRest would say it too, but only when everything is stopped.
check_moment() {
  date -d "$1" >/dev/null 2>&1 || refuse "$1 is no time, such as '2026-11-30 14:00:00+00'"
}
