# shellcheck shell=bash
# The three servers everything stands on.

INFRA=(postgres redis rabbitmq)

infra_packages() {
  need postgresql-15 postgres_bin
  need redis-server command -v redis-server
  need rabbitmq-server test -x "$RABBITMQ_PROGRAMS/rabbitmq-server"
  install_missing
}

infra_up() {
  AS_RUN_USER=(env)
  if am_root; then AS_RUN_USER=(setpriv --reuid "$RUN_USER" --regid "$RUN_USER" --clear-groups --); fi
  infra_packages
  load_secrets
  write_env
  rabbitmq_write_ctl
  # RabbitMQ takes the longest by far; the others come up while it does.
  postgres_up
  redis_up
  rabbitmq_up
  infra_status
}

infra_down() {
  local part
  for part in rabbitmq redis postgres; do "${part}_down"; done
}

infra_status() {
  local part pid
  for part in "${INFRA[@]}"; do
    if pid=$(pid_of "$part"); then
      say "$(printf '%-12s runs (pid %s)' "$part" "$pid")"
    else
      say "$(printf '%-12s is down' "$part")"
    fi
  done
}
