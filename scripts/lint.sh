#!/bin/sh
# Every check of the code; runs all of them and fails if one failed.
set -u
failed=0
check() {
    echo "== $*"
    "$@" || failed=1
}
bin=.venv/bin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

check $bin/ruff check .
packages="-p foundation -p sanbao -p ingestion -p sample_county -p dashboards -p reports"
# shellcheck disable=SC2086
check $bin/mypy --strict $packages
check $bin/sanbao feeds --check
# The dbt templater compiles against an empty warehouse.
SANBAO_HOME="$scratch" $bin/python -m scripts.scratch_lake
export SANBAO_WAREHOUSE="$scratch/warehouse/lint.duckdb" SANBAO_LAKE="$scratch/lake"
export DBT_TARGET_PATH="$scratch/target" DBT_LOG_PATH="$scratch/logs"
check $bin/sqlfluff lint dbt_project/models
exit $failed
