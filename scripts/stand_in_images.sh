#!/bin/sh
# Base images for tests where no registry answers: made of Debian's packages, under the official names,
# so that docker-compose.yml and the Dockerfiles are tried as they are. Never used in production.
# stand_in_images.sh [IMAGE...]: only what is missing, and only what cannot be pulled.
set -eu
: "${SUITE:=bookworm}"
here=$(cd "$(dirname "$0")/.." && pwd)
debian=debian:$SUITE-slim
[ $# -gt 0 ] || set -- python:3.11-slim-bookworm postgres:15-bookworm redis:7.2-bookworm nginx:stable-bookworm

have() { docker image inspect "$1" >/dev/null 2>&1; }

# The registry may not answer at all: it is not waited for long.
pull() { timeout "${PULL_SECONDS:-30}" docker pull -q "$1" >/dev/null 2>&1; }

build_debian() {
    have "$debian" && return
    [ "$(id -u)" = 0 ] || { echo "debootstrap 需要 root 权限 (root is needed)" >&2; exit 1; }
    command -v debootstrap >/dev/null 2>&1 || {
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap
    }
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    debootstrap --variant=minbase --include=ca-certificates "$SUITE" "$root" >/dev/null
    # What this machine trusts and how it reaches its package indexes holds inside a build, too.
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    mkdir -p "$root/etc/apt/apt.conf.d"
    cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/" 2>/dev/null && : >"$root/etc/apt/sources.list"
    rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
    tar -C "$root" -c . | docker import \
        --change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
        - "$debian" >/dev/null
    rm -rf "$root"
    trap - EXIT
}

for image in "$@"; do
    if have "$image"; then continue; fi
    if pull "$image"; then echo "pulled $image"; continue; fi
    build_debian
    name=${image%%:*}
    echo "stand-in for $image out of Debian's packages"
    docker build -q --build-arg "BASE=$debian" -t "$image" -f "$here/docker/stand-in/$name.Dockerfile" "$here/docker/stand-in"
done
