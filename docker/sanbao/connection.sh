#!/bin/sh
# connection.sh database|broker|results: an address with its password, for Airflow's *_CMD options. So no
# password stands in a process's environment, and `docker compose exec` finds it as well.
set -eu
# Without an end of line: Airflow would take it for part of the address.
password() { cat "/run/secrets/$1"; }
case $1 in
database) printf %s "postgresql+psycopg2://airflow:$(password airflow_database_password)@postgres/airflow" ;;
results) printf %s "db+postgresql://airflow:$(password airflow_database_password)@postgres/airflow" ;;
broker) printf %s "redis://:$(password redis_password)@redis:6379/1" ;;
esac
