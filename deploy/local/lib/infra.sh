# shellcheck shell=bash
# The three servers everything stands on.

infra_packages() {
  need postgresql-15 postgres_bin
  need redis-server command -v redis-server
  need rabbitmq-server test -x "$RABBITMQ_PROGRAMS/rabbitmq-server"
  install_missing
}

infra_up() {
  infra_packages
  load_secrets
  write_env
  rabbitmq_write_ctl
  # RabbitMQ takes the longest by far; the others come up while it does.
  postgres_up
  redis_up
  rabbitmq_up
}

infra_down() {
  local part
  for part in rabbitmq redis postgres; do "${part}_down"; done
}
