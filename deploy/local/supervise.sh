#!/usr/bin/env bash
# supervise.sh PIDFILE COMMAND…: runs it, and again when it ends, until told to stop.
set -u

pidfile=$1
shift
child=
stopping=false
trap 'stopping=true; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT

pause=0.1
until $stopping; do
  began=$SECONDS
  # The child goes with this shell, should somebody kill the shell.
  setpriv --pdeathsig TERM -- "$@" &
  child=$!
  printf '%s\n' "$child" >"$pidfile"
  wait "$child"
  code=$?
  # A signal to this shell ends the first wait, not the child.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
  done
  $stopping && break
  # At once after a good life, ever slower when it cannot even start.
  if [ $((SECONDS - began)) -ge 10 ]; then pause=0.1; fi
  printf -- '--- %s ended with %s; again in %s s\n' "$(date -u +%FT%TZ)" "$code" "$pause"
  sleep "$pause" &
  child=$!
  wait "$child"
  pause=$(awk -v p="$pause" 'BEGIN { print (p * 2 < 5) ? p * 2 : 5 }')
done
rm -f "$pidfile"
