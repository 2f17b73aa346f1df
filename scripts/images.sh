#!/bin/sh
# images.sh [--missing]: builds the two images from the locked requirements. From packages in docker/wheels/
# where `make wheelhouse` filled it, else from the package index. SANBAO_BASE_IMAGE: another base.
set -eu
cd "$(dirname "$0")/.."
: "${SANBAO_IMAGE:=sanbao:latest}" "${SANBAO_SUPERSET_IMAGE:=sanbao-superset:latest}"
: "${SANBAO_BASE_IMAGE:=python:3.11-slim-bookworm}"

build() {
    if [ "${missing:-}" ] && docker image inspect "$2" >/dev/null 2>&1; then return; fi
    echo "构建镜像 $2（第一次约需五分钟）"
    docker build -q --build-arg "BASE=$SANBAO_BASE_IMAGE" ${PIP_INDEX_URL:+--build-arg "PIP_INDEX_URL=$PIP_INDEX_URL"} \
        -f "docker/$1/Dockerfile" -t "$2" .
}

[ "${1:-}" = --missing ] && missing=yes
build sanbao "$SANBAO_IMAGE"
build superset "$SANBAO_SUPERSET_IMAGE"
