#!/bin/sh
# What Airflow and Superset remember (runs; accounts, charts made by hand), one file each, whole or not at all.
set -eu
kept=${SANBAO_BACKUPS_KEPT:-14}
for name in airflow superset; do
    PGPASSWORD=$(cat "/run/secrets/${name}_database_password")
    export PGPASSWORD
    file=/srv/backups/$name-$(date +%Y%m%d-%H%M%S).dump
    umask 077
    pg_dump -h postgres -U "$name" -Fc -f "$file.tmp" "$name"
    pg_restore --list "$file.tmp" >/dev/null
    mv "$file.tmp" "$file"
    ls -1t /srv/backups/"$name"-*.dump | tail -n "+$((kept + 1))" | while read -r old; do rm -- "$old"; done
done
