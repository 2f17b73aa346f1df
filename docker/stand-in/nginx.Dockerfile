# Stands in for nginx:stable-bookworm in tests without a registry (scripts/stand_in_images.sh).
ARG BASE
FROM ${BASE}
RUN groupadd -r -g 101 nginx && useradd -r -g nginx -u 101 nginx \
 && apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends nginx-light curl \
 && rm -rf /var/lib/apt/lists/*
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
