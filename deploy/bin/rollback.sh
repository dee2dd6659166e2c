#!/usr/bin/env bash
# rollback.sh ENV [SLOT]: gives the traffic back to the slot before (or to SLOT), as it was started: no pull, no
# migration. Less than half a minute, most of it Traefik noticing. Exit code 0 done, 1 traffic is where it was.
# shellcheck source-path=SCRIPTDIR/../lib source-path=SCRIPTDIR/../lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/lib
source "$LIB/host.sh"

case $# in 1 | 2) ;; *) refuse "rollback.sh ENV [blue|green], e.g. rollback.sh prod" ;; esac
ENVIRONMENT=$1
this_host
meant_for_this_host
one_at_a_time
ACTIVE=$(active_slot)
[ -n "$ACTIVE" ] || refuse "nothing has the traffic in $ENVIRONMENT"
SLOT=${2:-$(other_slot "$ACTIVE")}
case $SLOT in blue | green) ;; *) refuse "SLOT is $SLOT; it is blue or green" ;; esac
[ "$SLOT" != "$ACTIVE" ] || refuse "$SLOT has the traffic already"
[ -n "$(slot_print "$SLOT")" ] || refuse "$SLOT holds no release that ever had the traffic"
say "rollback of $ENVIRONMENT from $ACTIVE to $SLOT ($(jq -r .git_sha "$(slot_manifest "$SLOT")"))"
give_back "$SLOT"
say "done: $DOMAIN runs $(jq -r .git_sha "$(slot_manifest "$SLOT")") in $SLOT"
