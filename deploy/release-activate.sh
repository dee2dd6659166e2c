#!/usr/bin/env bash
# release-activate.sh ENV MANIFEST DOMAIN SLOT
#
#   ENV       dev, uat, staging or prod
#   MANIFEST  the release: manifest.json as CI made it, every image by its digest
#   DOMAIN    the environment's BASE_DOMAIN, said again so that no release reaches another one's door
#   SLOT      blue, green, or idle: the one that is not in use
#
# Makes SLOT run MANIFEST and gives it the traffic, so that nobody's request fails:
#   check, fetch, migrate (expand), start, ready, a purchase in a canary store, flip, watch, drain.
# Until the flip nothing that people use has changed, but for the expanded schema, with which the version before
# lives. The slot before stays where it is, stopped: deploy/bin/rollback.sh gives the traffic back without a pull
# or a migration. As in the deployment guide, asking for the other slot with the manifest that is in use already is
# such a rollback.
#
# Exit code: 0 done, or nothing to do; 2 refused, nothing was changed; 1 failed, traffic is where it was;
# 3 the new slot did badly under traffic, the one before has it again.
#
# What belongs to the host is in STORES_HOME (default /opt/stores):
#   settings.env         the platform's settings (.env.example) that are no secrets
#   secrets/             a file for each secret, named as its variable in lower case
#   release.env          how releases go on this host (all optional): RELEASE_RUNTIME=compose|processes,
#                        RELEASE_CANARY=SLUG|none, RELEASE_WATCH=SECONDS, RELEASE_DOOR=https://127.0.0.1:443,
#                        RELEASE_IDENTITY and RELEASE_ISSUER: who has to have signed a manifest (staging, prod)
#   compose/             deploy/compose with its .env
#   traefik/dynamic/active.yml  where Traefik sends people; the only thing a flip writes
#   slots/SLOT/          the manifest that a slot holds
#   releases.log         every activation, a chain of hashes
# shellcheck source-path=SCRIPTDIR/lib source-path=SCRIPTDIR/lib/release
set -euo pipefail

LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)/lib
source "$LIB/host.sh"

[ "$#" -eq 4 ] || refuse "release-activate.sh ENV MANIFEST DOMAIN SLOT, e.g. prod manifest.json store.inallweb.com green"
ENVIRONMENT=$1 MANIFEST=$2 DOMAIN=$3 SLOT=$4
open_home
check_everything
one_at_a_time
activate
