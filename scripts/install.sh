#!/bin/sh
# install.sh VENV REQUIREMENTS [--with-project]: exactly the pinned, hashed packages, and nothing else.
set -eu
: "${PYTHON:=python3}"
venv=$1
requirements=$2
mark="$venv/.installed"
[ "$requirements" = requirements/dev.txt ] && mark="$venv/.dev-installed"
[ "$requirements" = requirements/spark.txt ] && mark="$venv/.spark-installed"
[ "$requirements" = requirements/production.txt ] && mark="$venv/.production-installed"

[ -x "$venv/bin/python" ] || "$PYTHON" -m venv "$venv"
echo "安装 $requirements 到 $venv（第一次需要几分钟）"
"$venv/bin/python" -m pip install --disable-pip-version-check --no-deps --require-hashes \
    --progress-bar on -q -r "$requirements"
if [ "${3:-}" = --with-project ]; then
    # No isolated build: setuptools is among the pinned packages, so no index is asked.
    "$venv/bin/python" -m pip install --disable-pip-version-check -q --no-deps --no-build-isolation -e .
fi
touch "$mark"
