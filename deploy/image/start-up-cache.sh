#!/bin/bash
# Starts the service once, without databases and secrets, and keeps the classes it loads in FOLDER/app.aot, for the starts to come
# (JDK 25 or newer). The jar must stay as and where it is.
#   start-up-cache.sh FOLDER     where app.jar and config.yml are
set -euo pipefail
folder=$1
export PORT=${CACHE_PORT:-18080} ADMIN_PORT=${CACHE_ADMIN_PORT:-18081} BIND_HOST=127.0.0.1
# Nothing answers on port 1; the service starts all the same, and is never ready.
export DEPLOYMENT=sandbox PUBLIC_URL=http://localhost SAHHA_URL=http://127.0.0.1:1 WHOOP_URL=http://127.0.0.1:1
export SAHHA_DATABASE_URL=jdbc:postgresql://127.0.0.1:1/sahha WHOOP_DATABASE_URL=jdbc:postgresql://127.0.0.1:1/whoop
export SAHHA_CLIENT_ID=none SAHHA_CLIENT_SECRET=none WHOOP_CLIENT_ID=none WHOOP_CLIENT_SECRET=none
export VAULT_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= LOG_LEVEL=ERROR DRAIN_TIME=0s WARM_UP=0s

if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then # it would answer in place of the service
  echo "start-up-cache.sh: something answers on port $PORT; set CACHE_PORT and CACHE_ADMIN_PORT" >&2; exit 1
fi
java -XX:AOTCacheOutput="$folder/app.aot" -Xlog:aot=off -Xlog:cds=off -jar "$folder/app.jar" server "$folder/config.yml" &
service=$!
trap 'kill "$service" 2>/dev/null || true' EXIT
ask() { # whether a path is answered with 200
  (exec 3<>"/dev/tcp/127.0.0.1/$PORT" && printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$1" >&3 \
    && read -r -t 20 answer <&3 && cat <&3 >/dev/null && [[ $answer == "HTTP/1.1 200"* ]]) 2>/dev/null
}
for ((i = 0; i < 600; i++)); do
  if ask /health/live; then break; fi
  kill -0 "$service" || { echo "start-up-cache.sh: the service did not start" >&2; exit 1; }
  sleep 0.1
done
ask /health || true
ask /api/openapi.json || true # nobody depends on it, and its classes are many
kill -TERM "$service"
wait "$service" || [ $? = 143 ]
[ -s "$folder/app.aot" ] || { echo "start-up-cache.sh: the JVM wrote no cache" >&2; exit 1; }
chmod 0444 "$folder/app.aot"
