# shellcheck shell=bash
# RabbitMQ with every folder, port and its name moved: it shares nothing with a broker of the machine,
# not even epmd, which would otherwise stay behind when the broker ends.

# Debian's /usr/sbin scripts change the user themselves; these do not.
RABBITMQ_PROGRAMS=/usr/lib/rabbitmq/bin

rabbitmq_environment() {
  local data=$STORES_RUN_DIR/rabbitmq
  RABBITMQ_ENV=(
    env -u RABBITMQ_URL
    HOME="$data"
    LANG=C.UTF-8
    ERL_EPMD_PORT="$STORES_EPMD_PORT"
    ERL_EPMD_ADDRESS=127.0.0.1
    RABBITMQ_NODENAME="stores-$(short_hash "$STORES_RUN_DIR")@localhost"
    RABBITMQ_DIST_PORT="$STORES_RABBITMQ_DIST_PORT"
    RABBITMQ_CONF_ENV_FILE="$data/rabbitmq-env.conf"
    RABBITMQ_CONFIG_FILE="$data/rabbitmq.conf"
    RABBITMQ_ADVANCED_CONFIG_FILE="$data/advanced.config"
    RABBITMQ_ENABLED_PLUGINS_FILE="$data/enabled_plugins"
    RABBITMQ_MNESIA_BASE="$data/mnesia"
    RABBITMQ_LOG_BASE="$data/log"
    RABBITMQ_PID_FILE="$data/pid"
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none"
  )
}

rabbitmq_up() {
  if runs rabbitmq; then return 0; fi
  halt epmd
  claim "$STORES_RABBITMQ_PORT" STORES_RABBITMQ_PORT
  claim "$STORES_RABBITMQ_MANAGEMENT_PORT" STORES_RABBITMQ_MANAGEMENT_PORT
  claim "$STORES_RABBITMQ_DIST_PORT" STORES_RABBITMQ_DIST_PORT
  claim "$STORES_EPMD_PORT" STORES_EPMD_PORT
  rabbitmq_configure "$STORES_RUN_DIR/rabbitmq"
  rabbitmq_environment
  launch epmd "${AS_RUN_USER[@]}" epmd -port "$STORES_EPMD_PORT" -address 127.0.0.1
  ready epmd 10 listening "$STORES_EPMD_PORT"
  launch rabbitmq "${AS_RUN_USER[@]}" "${RABBITMQ_ENV[@]}" "$RABBITMQ_PROGRAMS/rabbitmq-server"
  # The listener opens after the user and the virtual host exist.
  ready rabbitmq 90 listening "$STORES_RABBITMQ_PORT"
}

rabbitmq_configure() {
  local data=$1
  data_dir "$data"
  (
    umask 077
    # Erlang wants it unwritable, so a new one takes its place.
    rm -f "$data/.erlang.cookie"
    printf '%s' "$ERLANG_COOKIE" >"$data/.erlang.cookie"
    printf '[rabbitmq_management].\n' >"$data/enabled_plugins"
    printf '[].\n' >"$data/advanced.config"
    : >"$data/rabbitmq-env.conf"
    # Statistics are switched off: the management port is for making virtual hosts, and must cost nothing.
    cat >"$data/rabbitmq.conf" <<TEXT
listeners.tcp.1 = 127.0.0.1:$STORES_RABBITMQ_PORT
management.tcp.ip = 127.0.0.1
management.tcp.port = $STORES_RABBITMQ_MANAGEMENT_PORT
management_agent.disable_metrics_collector = true
default_vhost = stores
default_user = stores
default_pass = $RABBITMQ_PASSWORD
default_user_tags.administrator = true
log.console = true
log.console.level = warning
log.file = false
TEXT
    if [ -s "$data/definitions.json" ]; then
      printf 'load_definitions = %s\n' "$data/definitions.json" >>"$data/rabbitmq.conf"
    fi
  )
  chmod 400 "$data/.erlang.cookie"
  if am_root; then chown -R "$RUN_USER:$RUN_USER" "$data"; fi
}

# `.run/bin/rabbitmqctl …` speaks to this broker from any folder.
rabbitmq_write_ctl() {
  rabbitmq_environment
  local file=$STORES_RUN_DIR/bin/rabbitmqctl
  {
    printf '#!/usr/bin/env bash\n# Made by stack.sh: rabbitmqctl for the broker of this run folder.\ncd / && exec'
    printf ' %q' "${AS_RUN_USER[@]}" "${RABBITMQ_ENV[@]}" "$RABBITMQ_PROGRAMS/rabbitmqctl"
    # shellcheck disable=SC2016  # for the script that is written
    printf ' "$@"\n'
  } >"$file"
  chmod 755 "$file"
}

# A broker that has lost everything finds logins and queues again when it starts.
rabbitmq_remember() {
  local file=$STORES_RUN_DIR/rabbitmq/definitions.json
  (umask 077 && "$(program stores)" broker definitions >"$file.new")
  if am_root; then chown "$RUN_USER" "$file.new"; fi
  mv "$file.new" "$file"
}

rabbitmq_down() {
  halt rabbitmq TERM 40
  halt epmd TERM 5
}
