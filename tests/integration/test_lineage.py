"""A night as OpenLineage is told of it: whole from the served table back to the file, and without a name."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sanbao.night import lineage
from sanbao.night.night import night
from sanbao.settings import Settings
from tests.conftest import AS_OF

pytestmark = pytest.mark.slow
Event = dict[str, Any]
PERSON = "龘小龘440899197311070012"


@pytest.fixture(scope="module")
def told(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[Event]]:
    """A county after its first night, with a file that is none, and one that is called after a person."""
    pytest.importorskip("openlineage.client", reason="openlineage-python is not installed: make install")
    folder = tmp_path_factory.mktemp("lineage")
    settings = Settings(home=folder / "home", as_of=AS_OF, openlineage_url=lineage.TO_FILES)
    shutil.copytree(small_county, settings.home / "inbox")
    water = settings.home / "inbox" / "water"
    (water / "half.xlsx").write_bytes(b"PK\x03\x04 cut off")
    named = next(iter(sorted(water.glob("*水质检测*"))))
    named.rename(named.with_name(f"{PERSON}{named.suffix}"))
    night(settings)
    (path,) = lineage.folder(settings).glob("*.jsonl")
    return settings, [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_run_begins_and_ends_within_the_night(told: tuple[Settings, list[Event]]) -> None:
    events = told[1]
    runs = defaultdict(list)
    for event in events:
        runs[event["run"]["runId"]].append(event["eventType"])
    assert Counter(map(tuple, runs.values())).keys() <= {("START", "COMPLETE"), ("START", "FAIL")}
    nights = {event["run"]["runId"] for event in events if event["job"]["name"] == "night"}
    parents = {e["run"]["facets"]["parent"]["run"]["runId"] for e in events if e["job"]["name"] != "night"}
    assert len(nights) == 1 and parents == nights


def test_every_model_is_told_with_its_columns(told: tuple[Settings, list[Event]]) -> None:
    settings, events = told
    manifest = json.loads(settings.manifest.read_text("utf-8"))
    models = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "model"}
    ended = {e["job"]["name"]: e for e in events if e["eventType"] == "COMPLETE"}
    assert len(models) > 100
    assert {f"dbt.{name}" for name in models} <= set(ended)
    with duckdb.connect(str(settings.serving), read_only=True) as connection:
        rows = connection.execute(
            "select column_name from duckdb_columns() where table_name = 'fct_figure'"
        ).fetchall()
    fields = ended["dbt.fct_figure"]["outputs"][0]["facets"]["schema"]["fields"]
    assert {field["name"] for field in fields} >= {name for (name,) in rows}


def test_the_served_figures_lead_back_to_the_files_of_every_department(
    told: tuple[Settings, list[Event]],
) -> None:
    settings, events = told
    made_of: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for output in event["outputs"]:
            made_of[output["name"]] |= {each["name"] for each in event["inputs"]}
    reached, waiting = set(), ["serving/fct_figure"]
    while waiting:
        if (name := waiting.pop()) not in reached:
            reached.add(name)
            waiting += made_of[name]
    with duckdb.connect(str(settings.serving), read_only=True) as connection:
        accepted = connection.execute(
            "select distinct department, sha256 from mart.fct_delivery where rows_accepted > 0"
        ).fetchall()
    files = {f"inbox/{department}/{sha256}" for department, sha256 in accepted}
    assert len(files) > 40
    assert files <= reached


def test_refused_files_failed(told: tuple[Settings, list[Event]]) -> None:
    settings, events = told
    with duckdb.connect(str(settings.serving), read_only=True) as connection:
        (refused,) = connection.execute(
            "select count(distinct sha256) from mart.fct_delivery where delivery_state = 'REFUSED'"
        ).fetchone() or (0,)
    failed = [e for e in events if e["eventType"] == "FAIL"]
    assert len({e["inputs"][0]["name"] for e in failed}) == refused > 0
    assert all(e["run"]["facets"]["errorMessage"]["message"].isupper() for e in failed)


def test_nobody_is_named(told: tuple[Settings, list[Event]]) -> None:
    settings, _ = told
    (path,) = lineage.folder(settings).glob("*.jsonl")
    text = path.read_text("utf-8")
    with duckdb.connect(str(settings.serving), read_only=True) as connection:
        rows = connection.execute("select distinct person_name from mart.dim_person").fetchall()
    names = {name for (name,) in rows if name and len(name) > 2}
    assert len(names) > 100
    assert not [name for name in names if name in text]
    assert "龘小龘" not in text
    assert not re.search(r"440899\d{8}", text)


def test_a_night_is_the_same_whether_it_is_told_or_not(told: tuple[Settings, list[Event]]) -> None:
    settings, events = told
    quiet = replace(settings, openlineage_url="")
    assert night(quiet).build_skipped
    (path,) = lineage.folder(settings).glob("*.jsonl")
    assert len(path.read_text("utf-8").splitlines()) == len(events)
