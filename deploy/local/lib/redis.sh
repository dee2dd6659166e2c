# shellcheck shell=bash
# Redis 7, on 127.0.0.1 with a password, appending to a file.

redis_up() {
  if runs redis; then return 0; fi
  claim "$STORES_REDIS_PORT" STORES_REDIS_PORT
  local data=$STORES_RUN_DIR/redis
  data_dir "$data"
  (
    umask 077
    cat >"$data/redis.conf" <<TEXT
bind 127.0.0.1
port $STORES_REDIS_PORT
dir $data
appendonly yes
requirepass $REDIS_PASSWORD
daemonize no
TEXT
  )
  if am_root; then chown "$RUN_USER" "$data/redis.conf"; fi
  launch redis "${AS_RUN_USER[@]}" redis-server "$data/redis.conf"
  ready redis 20 redis_answers
}

redis_answers() {
  [ "$(REDISCLI_AUTH=$REDIS_PASSWORD redis-cli -h 127.0.0.1 -p "$STORES_REDIS_PORT" ping 2>/dev/null)" = PONG ]
}

redis_down() { halt redis TERM 20; }
