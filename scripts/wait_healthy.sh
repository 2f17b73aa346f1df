#!/bin/sh
# wait_healthy.sh COMPOSE...: until every service that has a health check is healthy; says which one is not.
set -eu
seconds=${WAIT_SECONDS:-300}
until=$(($(date +%s) + seconds))
while :; do
    waiting=""
    for id in $("$@" ps -q); do
        state=$(docker inspect --format \
            '{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$id")
        case $state in
        *" running 0 healthy" | *" running 0 " | *" exited 0 "*) ;;
        *) waiting="$waiting$state;" ;;
        esac
    done
    [ -n "$waiting" ] || { echo "全部服务正常。"; exit 0; }
    if [ "$(date +%s)" -ge "$until" ]; then
        echo "$seconds 秒后仍不正常：$waiting 请看 docker compose logs。" >&2
        exit 1
    fi
    sleep 2
done
