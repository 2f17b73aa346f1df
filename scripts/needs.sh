#!/bin/sh
# Says what is missing from Debian before anything else is done. needs.sh run|test|spark
set -eu
: "${PYTHON:=python3}"
missing=""

if ! command -v "$PYTHON" >/dev/null 2>&1; then
    missing="$missing python3"
elif ! "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))'; then
    echo "需要 Python 3.11 或 3.12；$PYTHON 是 $("$PYTHON" --version 2>&1)。可用 PYTHON=... 指定。" >&2
    echo "Python 3.11 or 3.12 is needed; set PYTHON=... (PYTHON_VERSION)" >&2
    exit 1
elif ! "$PYTHON" -c 'import venv, ensurepip' >/dev/null 2>&1; then
    missing="$missing python3-venv"
fi

# The browser check of the dashboard, and nothing else, needs these.
if [ "$1" = test ]; then
    command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
    command -v chromedriver >/dev/null 2>&1 || missing="$missing chromium-driver"
    fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
fi

# Spark 4.3 runs on Java 17 or 21; Debian 12 has 17.
if [ "$1" = spark ]; then
    java=java
    [ -z "${JAVA_HOME:-}" ] || java="$JAVA_HOME/bin/java"
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p') || version=""
    if [ -n "$version" ] && [ "$version" -lt 17 ]; then
        echo "Spark 需要 Java 17 或更高；$java 是 $version。可用 JAVA_HOME=... 指定。" >&2
        echo "Spark needs Java 17 or newer; set JAVA_HOME=... (JAVA_VERSION)" >&2
        exit 1
    fi
    [ -n "$version" ] || missing="$missing openjdk-17-jre-headless"
fi

[ -n "$missing" ] || exit 0

# Only what tests need, and only where it is allowed, is installed without asking.
if [ "$1" = test ] && [ "$(id -u)" = 0 ]; then
    echo "安装测试需要的 Debian 软件包:$missing"
    # shellcheck disable=SC2086
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fontconfig $missing
    exit 0
fi
echo "缺少 Debian 软件包，请先运行 (Debian packages are missing; run first):" >&2
echo "    sudo apt-get install$missing" >&2
exit 1
