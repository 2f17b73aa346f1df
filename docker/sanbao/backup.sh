#!/bin/sh
# A backup of the data; of those that are there the newest ones are kept (SANBAO_BACKUPS_KEPT).
set -eu
sanbao backup --to /srv/backups
# By age and not by name; never the newest, whatever was asked for.
ls -1t /srv/backups/sanbao-*.tar.zst 2>/dev/null | tail -n "+$((${SANBAO_BACKUPS_KEPT:-14} + 1))" | while read -r old; do
    rm -- "$old"
done
