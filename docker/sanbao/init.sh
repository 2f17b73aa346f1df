#!/bin/sh
# Before Airflow's programs start: the home's folders, its tables, the administrator, the pool of one writer.
set -eu
sanbao accounts >/dev/null
airflow db migrate
user=${SANBAO_AIRFLOW_USER:-admin}
password=$(cat /run/secrets/airflow_admin_password)
# Given each time: a new secret takes effect with the next start.
airflow users create -u "$user" --password="$password" -r Admin -e "$user@localhost" -f 三保障 -l 管理员
airflow users reset-password -u "$user" --password="$password"
airflow pools set warehouse_writer 1 "DuckDB 只有一个写入者"
