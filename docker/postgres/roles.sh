#!/bin/sh
# Roles and databases of Airflow and of Superset: made when they are not there; their passwords are set each
# time, so that a new secret takes effect with the next `docker compose up`. Each role reaches its own database.
set -eu
PGPASSWORD=$(cat /run/secrets/postgres_password)
export PGPASSWORD PGHOST=postgres PGUSER=postgres PGDATABASE=postgres
for name in airflow superset; do
    password=$(cat "/run/secrets/${name}_database_password")
    psql -q -v ON_ERROR_STOP=1 -v name="$name" <<SQL
-- Kept out of the server's log, where a failed statement is written in full.
set log_min_error_statement = panic;
select format('create role %I login', :'name')
where not exists (select from pg_roles where rolname = :'name') \gexec
\set password '$password'
alter role :"name" password :'password';
select format('create database %I owner %I', :'name', :'name')
where not exists (select from pg_database where datname = :'name') \gexec
revoke all on database :"name" from public;
SQL
done
psql -q -v ON_ERROR_STOP=1 -c 'revoke all on database postgres from public'
