# Stands in for python:3.11-slim-bookworm in tests without a registry (scripts/stand_in_images.sh).
ARG BASE
FROM ${BASE}
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends python3 python3-venv python3-pip \
 && ln -s python3 /usr/bin/python \
 && rm -rf /var/lib/apt/lists/*
CMD ["python3"]
