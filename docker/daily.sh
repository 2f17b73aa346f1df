#!/bin/sh
# daily.sh HH:MM COMMAND...: runs the command once a day at that time of the county's clock, until it is ended.
# A command that failed is said in the log and tried again the next day.
set -u
at=$1
shift
while :; do
    now=$(date +%s)
    next=$(date -d "today $at" +%s)
    [ "$next" -gt "$now" ] || next=$(date -d "tomorrow $at" +%s)
    sleep $((next - now))
    echo "$(date '+%F %T') $*"
    "$@" || echo "$(date '+%F %T') 没有成功（退出码 $?）：$*" >&2
done
