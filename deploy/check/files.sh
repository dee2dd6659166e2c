#!/usr/bin/env bash
# The pipeline against GitLab's schema, Kubernetes's files against its own and our policy. The two programs come from
# PyPI, by exact version, with the schemas in them.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
CACHE=${STORES_CACHE_DIR:-${HOME:-/var/tmp}/.cache/stores}
cd "$HERE/../.."
FAILED=0

# A folder for the list of versions, so that another list gets another one.
tools() {
  local list=$HERE/files-requirements.txt
  mkdir -p "$CACHE"
  # Two checkouts may ask for them at once.
  exec 7>"$CACHE/check-files.lock"
  flock 7
  TOOLS=$CACHE/check-files-$(sha256sum <"$list" | cut -c1-12)
  [ ! -e "$TOOLS/complete" ] || return 0
  rm -rf "$TOOLS"
  python3 -m venv "$TOOLS"
  "$TOOLS/bin/pip" install --quiet --disable-pip-version-check --requirement "$list"
  touch "$TOOLS/complete"
}

quietly() {
  local said
  said=$("$@" 2>&1) && return 0
  printf '%s:\n%s\n' "$(basename "$1")" "$said" >&2
  FAILED=1
}

tools
quietly "$TOOLS/bin/check-jsonschema" --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci .gitlab-ci.yml
quietly "$TOOLS/bin/python3" "$HERE/policy/kubernetes.py"
quietly "$TOOLS/bin/python3" "$HERE/policy/pipeline.py"
exit "$FAILED"
