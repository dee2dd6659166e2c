#!/bin/sh
# rollback.sh ENV: gives the traffic back on the environment's host.
set -eu

cd "$(dirname "$0")/../../ansible"
# A command outside of a playbook reads group_vars only where it is told to.
exec ansible stores -i "inventories/$1" --playbook-dir . --become -e 'ansible_user={{ automation_login }}' \
  -m ansible.builtin.command -a "/opt/stores/deploy/bin/rollback.sh $1"
