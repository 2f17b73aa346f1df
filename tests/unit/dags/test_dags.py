"""What the DAGs are: their tasks, what starts them, what a run of each is told to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from sanbao import airflow_closing, airflow_tasks
from sanbao.settings import PROJECT_ROOT

pytestmark = pytest.mark.slow

HEAVY = ["pandas", "pyarrow", "duckdb", "dbt", "pydantic_core", "ruamel", "numpy", "docx", "xlsxwriter"]
# In a process of its own: Airflow makes itself at home in the one that imports it.
LOOK = """
import importlib, json, sys, time
import airflow.sdk
from airflow.providers.standard.operators.hitl import ApprovalOperator
before = set(sys.modules)
found = {}
for name in sys.argv[1:]:
    start = time.process_time()
    module = importlib.import_module(name)
    dag = getattr(module, name)()
    deadlines = [
        (type(d.reference).__name__, d.interval.total_seconds(), d.callback.path) for d in dag.deadline or ()
    ]
    found[name] = {
        "seconds": time.process_time() - start,
        "title": dag.dag_display_name,
        "tasks": {t.task_id: t.task_display_name for t in dag.tasks},
        "downstream": {t.task_id: sorted(t.downstream_task_ids) for t in dag.tasks},
        "pools": {t.task_id: t.pool for t in dag.tasks},
        "rules": {t.task_id: t.trigger_rule.value for t in dag.tasks},
        "retries": {t.task_id: t.retries for t in dag.tasks},
        "outlets": {t.task_id: [o.name for o in t.outlets] for t in dag.tasks},
        "waits_for": sorted(a.name for a in dag.timetable.asset_condition.objects),
        "deadlines": deadlines,
    }
found["loaded"] = sorted({m.partition(".")[0] for m in set(sys.modules) - before})
approve = importlib.import_module("monthly_closing").monthly_closing().task_dict["approve"]
found["approve"] = {
    "options": approve.options,
    "assigned": approve.assigned_users,
    "days": approve.response_timeout.total_seconds() / 86400,
    "defaults": approve.defaults,
}
print(json.dumps(found))
"""


def looked(home: Path, **settings: str) -> dict[str, Any]:
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PROJECT_ROOT), str(PROJECT_ROOT / "dags")]),
        "AIRFLOW_HOME": str(home / "airflow"),
        "SANBAO_HOME": str(home),
        **settings,
    }
    command = [sys.executable, "-c", LOOK, "nightly_load", "monthly_closing"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def dags(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return looked(tmp_path_factory.mktemp("dags"))


def test_parsing_is_quick_and_loads_no_heavy_library(dags: dict[str, Any]) -> None:
    assert "sanbao" in dags["loaded"]
    assert set(dags["loaded"]) & set(HEAVY) == set()
    assert max(dags[name]["seconds"] for name in ("nightly_load", "monthly_closing")) < 0.3


def test_a_closing_goes_from_freezing_to_publishing_and_always_has_a_last_word(dags: dict[str, Any]) -> None:
    closing = dags["monthly_closing"]
    assert list(closing["tasks"].values()) == ["待确认", "冻结", "核对", "签字", "打印", "发布", "小结"]
    way = ["freeze", "examine", "approve", "sign", "print_documents", "publish", "conclude"]
    for task, after in pairwise(way):
        assert after in closing["downstream"][task], task
    assert closing["rules"] == {task: "all_done" if task == "conclude" else "all_success" for task in way}
    # What a person has to put right is not tried again, but an answer that Airflow lost is asked for again;
    # what may have to build waits for the writer's slot.
    tried_again = [task for task in way if closing["retries"][task]]
    assert tried_again == ["freeze", "approve", "print_documents", "publish"]
    assert {task for task in way if closing["pools"][task] == "warehouse_writer"} == {"freeze", "publish"}


def test_a_closing_waits_for_whom_the_night_tells_of(dags: dict[str, Any]) -> None:
    departments = [f"sanbao://{name}" for name in airflow_closing.closing_departments()]
    assert departments and dags["monthly_closing"]["waits_for"] == departments
    assert dags["nightly_load"]["outlets"]["tell_delivered"] == departments
    assert dags["nightly_load"]["downstream"]["tell_delivered"] == ["summarise"]


def test_who_signs_and_how_long_is_waited_are_settings(dags: dict[str, Any], tmp_path: Path) -> None:
    asked = {"options": ["同意签发", "退回"], "assigned": None, "days": 7, "defaults": None}
    assert dags["approve"] == asked, "nobody's silence is an answer"
    given = looked(tmp_path, SANBAO_CLOSING_USERS="li, zhang=3", SANBAO_CLOSING_DAYS="2")["approve"]
    assert given["assigned"] == [{"id": "li", "name": "li"}, {"id": "3", "name": "zhang"}]
    assert given["days"] == 2


def test_the_night_is_due_in_the_morning(dags: dict[str, Any]) -> None:
    ((reference, seconds, path),) = dags["nightly_load"]["deadlines"]
    assert (reference, seconds) == ("DagRunLogicalDateDeadline", 4 * 3600)
    assert path == "sanbao.airflow_tasks.night_is_overdue"
    assert callable(airflow_tasks.night_is_overdue)
