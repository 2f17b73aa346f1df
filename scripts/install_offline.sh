#!/bin/sh
# install_offline.sh: in the folder that `make bundle` made, on the server: checks every byte, loads the images,
# unpacks the code beside it (./sanbao). Asks nothing of any network.
set -eu
cd "${1:-$(dirname "$0")}"
[ -f SHA256SUMS ] || { echo "这里没有 SHA256SUMS：请在 make bundle 生成的文件夹里运行" >&2; exit 1; }
sha256sum -c --quiet SHA256SUMS || { echo "文件不完整，请重新拷贝" >&2; exit 1; }
docker load -q -i images.tar
tar -xzf sanbao.tar.gz
echo "已装入。接着：cd sanbao，cp .env.example .env 并修改，make stack"
