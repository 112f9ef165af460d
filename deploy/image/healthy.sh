#!/bin/bash
# Whether the process answers; for the image's health check, so it needs nothing but bash.
exec 3<>"/dev/tcp/127.0.0.1/${PORT:-8080}" || exit 1
printf 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 2 answer <&3
cat <&3 >/dev/null
[[ $answer == "HTTP/1.1 200"* ]]
