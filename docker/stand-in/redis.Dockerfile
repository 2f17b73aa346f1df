# Stands in for redis:7.2-bookworm in tests without a registry (scripts/stand_in_images.sh).
ARG BASE
FROM ${BASE}
RUN groupadd -r -g 999 redis && useradd -r -g redis -u 999 redis \
 && apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends redis-server \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir -p /data && chown redis:redis /data
VOLUME /data
WORKDIR /data
CMD ["redis-server"]
