#!/bin/sh
# run.sh init|web|worker|beat: the programs of Superset; anything else is run as it is.
set -eu
state=$SANBAO_HOME/superset
case "${1:-web}" in
init)
    exec python /opt/sanbao/dashboards/superset_bootstrap.py
    ;;
web)
    rm -rf "$state/spill" # what a killed server left
    # --worker-tmp-dir: gunicorn's sign of life must not wait for a disk.
    exec gunicorn --bind 0.0.0.0:8088 --worker-class gthread --workers "${SANBAO_SUPERSET_WORKERS:-2}" --threads 8 \
        --worker-tmp-dir /dev/shm --timeout 120 --graceful-timeout 3 "superset.app:create_app()"
    ;;
worker)
    exec celery --app=superset.tasks.celery_app:app worker --pool=prefork --concurrency=1 --max-tasks-per-child=100 \
        --without-gossip --without-mingle --without-heartbeat --loglevel=INFO
    ;;
beat)
    exec celery --app=superset.tasks.celery_app:app beat --schedule=/tmp/beat-schedule --pidfile= --loglevel=INFO
    ;;
*)
    exec "$@"
    ;;
esac
