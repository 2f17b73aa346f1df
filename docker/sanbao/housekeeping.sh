#!/bin/sh
# What Airflow keeps of runs that are long over: logs on the disk, rows in its database.
set -eu
days=${SANBAO_LOG_DAYS:-90}
find /srv/airflow/logs -type f -mtime "+$days" -delete
find /srv/airflow/logs -mindepth 1 -type d -empty -delete
airflow db clean --clean-before-timestamp "$(date -d "$days days ago" '+%FT%T%:z')" --skip-archive --yes
