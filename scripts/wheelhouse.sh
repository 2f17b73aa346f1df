#!/bin/sh
# wheelhouse.sh: every package that the two images are built from, by its hash, into docker/wheels/. A build then
# asks no index. To be run with the Python version of the images (3.11).
set -eu
cd "$(dirname "$0")/.."
: "${PYTHON:=python3.11}"
for name in sanbao production superset superset-production; do
    "$PYTHON" -m pip download --disable-pip-version-check -q --no-deps --require-hashes --only-binary :all: \
        -d docker/wheels -r "requirements/$name.txt"
done
(cd docker/wheels && sha256sum ./*.whl >SHA256SUMS)
