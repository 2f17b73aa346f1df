#!/bin/sh
# bundle.sh FOLDER: all that a server without internet needs, with checksums: the images and this code.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-build/bundle}
: "${SANBAO_IMAGE:=sanbao:latest}" "${SANBAO_SUPERSET_IMAGE:=sanbao-superset:latest}"
: "${SANBAO_POSTGRES_IMAGE:=postgres:15-bookworm}" "${SANBAO_REDIS_IMAGE:=redis:7.2-bookworm}"
: "${SANBAO_NGINX_IMAGE:=nginx:stable-bookworm}"
mkdir -p "$folder"
for image in "$SANBAO_POSTGRES_IMAGE" "$SANBAO_REDIS_IMAGE" "$SANBAO_NGINX_IMAGE"; do
    docker image inspect "$image" >/dev/null 2>&1 || docker pull -q "$image"
done
echo "保存镜像（几分钟）"
docker save -o "$folder/images.tar" "$SANBAO_IMAGE" "$SANBAO_SUPERSET_IMAGE" \
    "$SANBAO_POSTGRES_IMAGE" "$SANBAO_REDIS_IMAGE" "$SANBAO_NGINX_IMAGE"
git archive --format=tar.gz --prefix=sanbao/ -o "$folder/sanbao.tar.gz" HEAD
cp scripts/install_offline.sh "$folder/"
(cd "$folder" && rm -f SHA256SUMS && sha256sum images.tar sanbao.tar.gz install_offline.sh >SHA256SUMS)
echo "完成：把 $folder 整个拷到服务器，在那里运行 sh install_offline.sh"
