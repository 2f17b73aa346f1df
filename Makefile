# Two commands: `make run` and `make test`. What they do is written in sanbao/ and scripts/.
.DEFAULT_GOAL := help
.PHONY: help needs install run stop load spark test test-fast test-long test-spark test-compose lint bench
.PHONY: images secrets stack stack-stop wheelhouse bundle install-offline

-include .env
export

PYTHON ?= python3
BIN := .venv/bin
COMPOSE ?= $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose)

help:
	@echo "make run        安装、生成虚拟县、经 Airflow 跑完夜晚、启动 Superset 和仪表盘"
	@echo "make stop       停止 make run 启动的程序"
	@echo "make load       不经 Airflow 跑一个夜晚"
	@echo "make test       全部测试；make test-fast 不用全量数据和服务器的测试；make test-long 更久的测试；make lint 代码检查；make bench 测速"
	@echo "make stack      生产环境：生成密钥、构建镜像（没有时）、用 docker compose 启动全部服务；make stack-stop 停止（数据保留）"
	@echo "make spark      安装第二个引擎 Apache Spark（需要 Java 17）；make test-spark 两个引擎逐行对照"

needs:
	@PYTHON=$(PYTHON) sh scripts/needs.sh run

install: .venv/.installed .venv-superset/.installed

.venv/.installed: requirements/sanbao.txt pyproject.toml
	@PYTHON=$(PYTHON) sh scripts/needs.sh run
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv requirements/sanbao.txt --with-project

.venv/.dev-installed: requirements/dev.txt .venv/.installed
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv requirements/dev.txt

.venv/.spark-installed: requirements/spark.txt .venv/.installed
	@PYTHON=$(PYTHON) sh scripts/needs.sh spark
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv requirements/spark.txt

.venv/.production-installed: requirements/production.txt .venv/.installed
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv requirements/production.txt

.venv-superset/.installed: requirements/superset.txt
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv-superset requirements/superset.txt

run: needs install
	@$(BIN)/sanbao up

stop:
	@$(BIN)/sanbao down

load: .venv/.installed
	@$(BIN)/sanbao load

# The production stack: docs/production.md.
images:
	@sh scripts/images.sh

secrets:
	@sh scripts/secrets.sh $(or $(SANBAO_SECRETS),secrets)

stack: secrets
	@sh scripts/images.sh --missing
	@$(COMPOSE) up -d
	@sh scripts/wait_healthy.sh $(COMPOSE)

stack-stop:
	@$(COMPOSE) stop

# For a server without internet: `bundle` where there is one, `install-offline` in the folder it made.
wheelhouse:
	@sh scripts/wheelhouse.sh

bundle: images
	@sh scripts/bundle.sh $(or $(BUNDLE),build/bundle)

install-offline:
	@sh scripts/install_offline.sh $(or $(BUNDLE),build/bundle)

spark: .venv/.spark-installed

test: install .venv/.dev-installed
	@PYTHON=$(PYTHON) sh scripts/needs.sh test
	$(BIN)/python -m pytest -m "not e2e and not long" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "e2e and not long"

test-long: install .venv/.dev-installed
	$(BIN)/python -m pytest -m long -n 2 --dist load

test-spark: .venv/.dev-installed .venv/.spark-installed
	$(BIN)/python -m pytest -m spark -o faulthandler_timeout=7200

# The same file of services as in production, on this machine's own Docker engine.
test-compose: .venv/.dev-installed .venv/.production-installed
	$(BIN)/python -m pytest -m compose

test-fast: .venv/.dev-installed
	$(BIN)/python -m pytest -m "not slow and not e2e and not long" -n 2 --dist loadfile

lint: .venv/.dev-installed
	sh scripts/lint.sh

bench: .venv/.dev-installed
	$(BIN)/python -m benchmarks.night
