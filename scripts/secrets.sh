#!/bin/sh
# secrets.sh [FOLDER]: makes the secrets of the stack that are not there yet; never changes one.
# A container's account reads its own files through the bind mount; on this machine nobody gets past the
# folder (0700), so that the files in it can be readable (0644) whatever numbers the accounts have.
set -eu
folder=${1:-secrets}
command -v openssl >/dev/null 2>&1 || { echo "缺少 openssl：apt-get install openssl" >&2; exit 1; }
umask 022
mkdir -p "$folder"
chmod 0700 "$folder"

# A file is there whole or not at all, also after a kill.
keep() {
    [ -s "$folder/$1" ] && return
    cat >"$folder/.$1.tmp"
    [ -s "$folder/.$1.tmp" ]
    mv "$folder/.$1.tmp" "$folder/$1"
    echo "已生成 $folder/$1"
}
# Safe in an address as it is: A-Z a-z 0-9 - _
random() { openssl rand -base64 "$1" | tr -d '\n=' | tr '+/' '-_'; }

for name in postgres_password airflow_database_password superset_database_password redis_password \
    airflow_admin_password superset_admin_password; do
    random 24 | keep $name
done
# Airflow signs with HS512, which wants 64 bytes at least.
for name in airflow_jwt_secret airflow_api_secret_key superset_secret_key; do
    random 72 | keep $name
done
openssl rand -base64 32 | tr -d '\n' | tr '+/' '-_' | keep airflow_fernet_key
openssl genpkey -algorithm ed25519 2>/dev/null | keep sftp_host_key
if [ ! -s "$folder/door_key.pem" ] || [ ! -s "$folder/door_certificate.pem" ]; then
    # Until the county has a certificate of its own (SANBAO_TLS_CERTIFICATE, SANBAO_TLS_KEY).
    site=${SANBAO_SITE:-localhost}
    case $site in *[!0-9.]*) alternative="DNS:$site" ;; *) alternative="IP:$site" ;; esac
    openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=$site" \
        -addext "subjectAltName=$alternative,DNS:localhost,IP:127.0.0.1" \
        -keyout "$folder/.door_key.tmp" -out "$folder/.door_certificate.tmp" 2>/dev/null
    chmod 0644 "$folder/.door_key.tmp"
    mv "$folder/.door_key.tmp" "$folder/door_key.pem"
    mv "$folder/.door_certificate.tmp" "$folder/door_certificate.pem"
    echo "已生成 $folder/door_certificate.pem（自签名证书，浏览器会提示）"
fi
