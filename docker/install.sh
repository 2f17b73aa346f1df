#!/bin/sh
# install.sh VENV REQUIREMENTS: exactly the pinned, hashed packages, in a build stage of an image.
# From docker/wheels/ alone where `make wheelhouse` filled it; otherwise from the index that pip knows.
set -eu
venv=$1
requirements=$2
here=$(dirname "$0")

if ls "$here"/certificates/*.crt >/dev/null 2>&1; then
    cat /etc/ssl/certs/ca-certificates.crt "$here"/certificates/*.crt >/tmp/authorities.pem
    export PIP_CERT=/tmp/authorities.pem
fi
source=""
if ls "$here"/wheels/*.whl >/dev/null 2>&1; then
    source="--no-index --find-links $here/wheels"
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
# shellcheck disable=SC2086
exec "$venv/bin/python" -m pip install --disable-pip-version-check --no-cache-dir --no-deps --require-hashes \
    --retries 10 --timeout 120 -q $source -r "$requirements"
