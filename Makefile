# Two commands: `make run` and `make test`. What they do is written in sanbao/ and scripts/.
.DEFAULT_GOAL := help
.PHONY: help needs install run stop load test test-fast test-long lint bench

-include .env
export

PYTHON ?= python3
BIN := .venv/bin

help:
	@echo "make run        安装、生成虚拟县、经 Airflow 跑完夜晚、启动 Superset 和仪表盘"
	@echo "make stop       停止 make run 启动的程序"
	@echo "make load       不经 Airflow 跑一个夜晚"
	@echo "make test       全部测试；make test-fast 不用全量数据和服务器的测试；make test-long 更久的测试；make lint 代码检查；make bench 测速"

needs:
	@PYTHON=$(PYTHON) sh scripts/needs.sh run

install: .venv/.installed .venv-superset/.installed

.venv/.installed: requirements/sanbao.txt pyproject.toml
	@PYTHON=$(PYTHON) sh scripts/needs.sh run
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv requirements/sanbao.txt --with-project

.venv/.dev-installed: requirements/dev.txt .venv/.installed
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv requirements/dev.txt

.venv-superset/.installed: requirements/superset.txt
	@PYTHON=$(PYTHON) sh scripts/install.sh .venv-superset requirements/superset.txt

run: needs install
	@$(BIN)/sanbao up

stop:
	@$(BIN)/sanbao down

load: .venv/.installed
	@$(BIN)/sanbao load

test: install .venv/.dev-installed
	@PYTHON=$(PYTHON) sh scripts/needs.sh test
	$(BIN)/python -m pytest -m "not e2e and not long" -n 2 --dist loadfile
	$(BIN)/python -m pytest -m "e2e and not long"

test-long: install .venv/.dev-installed
	$(BIN)/python -m pytest -m long -n 2 --dist load

test-fast: .venv/.dev-installed
	$(BIN)/python -m pytest -m "not slow and not e2e and not long" -n 2 --dist loadfile

lint: .venv/.dev-installed
	sh scripts/lint.sh

bench: .venv/.dev-installed
	$(BIN)/python -m benchmarks.night
