"""What OpenLineage is told: by its own library's forms, without a name, and never at the cost of a night."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sanbao.checks import last_night
from sanbao.errors import SanbaoError
from sanbao.night import journal, lineage
from sanbao.settings import PROJECT_ROOT, Settings, load_settings

_IMPORTS = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from sanbao.night import journal, lineage
from sanbao.settings import Settings
"""
BEGAN = datetime(2020, 1, 2, 18, tzinfo=UTC)
NAME = "王小明440899199001010010.xlsx"
OUTCOME: dict[str, Any] = {
    "feed": "water_quality_test",
    "department": "water",
    "file_name": NAME,
    "sha256": "ab" * 32,
    "rows_read": 12,
    "rows_accepted": 10,
    "rows_held": 2,
    "delivery_state": "PARTIAL",
    "reason_code": None,
    "reason": f"第 3 行 {NAME}",
}
REFUSED = OUTCOME | {
    "delivery_state": "REFUSED",
    "rows_accepted": 0,
    "rows_held": 12,
    "reason_code": "HALF_FILE",
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    pytest.importorskip("openlineage.client", reason="openlineage-python is not installed: make install")
    return Settings(home=tmp_path, as_of=date(2019, 12, 31), openlineage_url=lineage.TO_FILES)


def told(settings: Settings) -> list[dict[str, Any]]:
    lines = [
        line for path in lineage.folder(settings).glob("*.jsonl") for line in path.open(encoding="utf-8")
    ]
    return [json.loads(line) for line in lines]


def result(name: str, status: str = "success", kind: str = "model", ran: bool = True) -> Any:
    """As dbt gives it after a run."""
    columns = {"as_of": SimpleNamespace(name="as_of", data_type="date", description="截止日期")}
    node = SimpleNamespace(
        name=name,
        resource_type=kind,
        columns=columns,
        depends_on_nodes=[
            "model.sanbao.stg_x",
            "source.sanbao.lake.x",
            "seed.sanbao.town",
            "model.sanbao.stg_x",
        ],
    )
    end = BEGAN.replace(minute=1, tzinfo=None)
    timing = [SimpleNamespace(name="execute", started_at=BEGAN.replace(tzinfo=None), completed_at=end)]
    return SimpleNamespace(node=node, status=status, timing=timing if ran else [], message=NAME)


def test_a_file_is_told_by_department_and_hash_with_what_was_taken(settings: Settings) -> None:
    lineage.files_loaded(settings, [OUTCOME], BEGAN)
    start, end = told(settings)
    assert (start["eventType"], end["eventType"]) == ("START", "COMPLETE")
    assert start["run"]["runId"] == end["run"]["runId"]
    assert end["job"] == {**end["job"], "namespace": "sanbao", "name": "ingestion.water.water_quality_test"}
    assert [each["name"] for each in end["inputs"]] == [f"inbox/water/{'ab' * 32}"]
    (output,) = end["outputs"]
    assert output["name"] == "lake/water_quality_test"
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 10
    assert "report_no" in [field["name"] for field in output["facets"]["schema"]["fields"]]
    assert "王小明" not in json.dumps(told(settings), ensure_ascii=False)


def test_a_refused_file_failed_with_its_code_and_went_nowhere(settings: Settings) -> None:
    lineage.files_loaded(settings, [REFUSED], BEGAN)
    end = told(settings)[-1]
    assert (end["eventType"], end["outputs"]) == ("FAIL", [])
    assert end["run"]["facets"]["errorMessage"]["message"] == "HALF_FILE"


def test_a_model_is_told_with_what_it_was_made_of(settings: Settings) -> None:
    results = [
        result("fct_x"),
        result("town", kind="seed"),
        result("bad", "error"),
        result("late", ran=False),
    ]
    lineage.models_built(settings, [*results, result("unique_x", kind="test")])
    ends = {event["job"]["name"]: event for event in told(settings) if event["eventType"] != "START"}
    assert set(ends) == {"dbt.fct_x", "dbt.town", "dbt.bad"}
    assert [each["name"] for each in ends["dbt.fct_x"]["inputs"]] == [
        "warehouse/stg_x",
        "lake/x",
        "seed/town",
    ]
    assert ends["dbt.fct_x"]["outputs"][0]["facets"]["schema"]["fields"][0]["type"] == "date"
    assert ends["dbt.town"]["outputs"][0]["name"] == "seed/town"
    assert ends["dbt.fct_x"]["eventTime"].startswith("2020-01-02T18:01:00")
    assert ends["dbt.bad"]["eventType"] == "FAIL"
    assert "王小明" not in json.dumps(told(settings), ensure_ascii=False)


def test_all_runs_of_a_night_have_it_as_parent_in_whatever_process(settings: Settings) -> None:
    journal.begin(settings, "airflow")
    lineage.night_began(settings)
    code = _IMPORTS + "s = Settings(Path(sys.argv[1]), date(2019, 12, 31), openlineage_url='file');"
    code += "lineage.published(s, ['fct_x'], datetime.now(UTC))"
    subprocess.run([sys.executable, "-c", code, str(settings.home)], check=True, cwd=PROJECT_ROOT)
    lineage.night_ended(settings, "BUILD_FAILED")
    night, *runs, end = told(settings)
    assert (night["eventType"], end["eventType"]) == ("START", "FAIL")
    assert night["run"]["runId"] == end["run"]["runId"]
    assert len(runs) == 2
    assert {run["run"]["facets"]["parent"]["run"]["runId"] for run in runs} == {night["run"]["runId"]}
    assert "parent" not in night["run"]["facets"]


def test_off_it_tells_nothing_and_imports_nothing(tmp_path: Path) -> None:
    code = _IMPORTS + "s = Settings(Path(sys.argv[1]), date(2019, 12, 31)); now = datetime.now(UTC);"
    code += "journal.begin(s, 'command'); lineage.night_began(s); lineage.files_loaded(s, [{}], now);"
    code += "lineage.models_built(s, [1]); lineage.published(s, ['x'], now); lineage.night_ended(s);"
    code += "assert not [name for name in sys.modules if name.startswith('openlineage')], 'imported'"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=PROJECT_ROOT)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_what_is_built_apart_is_not_told(settings: Settings) -> None:
    lineage.models_built(replace(settings, apart=settings.home / "apart"), [result("fct_x")])
    assert told(settings) == []


class Server(HTTPServer):
    """Takes events, and says no when told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[str, str | None, dict[str, Any]]] = []
        self.answer = 201


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((self.path, self.headers["Authorization"], body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as found:
        thread = threading.Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def over_http(settings: Settings, server: Server, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return replace(settings, openlineage_url=f"http://127.0.0.1:{server.server_port}")


def test_a_server_gets_each_event_with_the_key_of_a_file(
    over_http: Settings, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("abc\n")
    monkeypatch.setenv("SANBAO_OPENLINEAGE_KEY_FILE", str(tmp_path / "key"))
    lineage.files_loaded(over_http, [OUTCOME], BEGAN)
    assert [(path, key) for path, key, _ in server.got] == [("/api/v1/lineage", "Bearer abc")] * 2
    assert [event["eventType"] for _, _, event in server.got] == ["START", "COMPLETE"]
    assert not lineage.folder(over_http).exists()


def test_a_server_that_refuses_is_asked_once_and_the_doctor_says_so(
    over_http: Settings, server: Server
) -> None:
    server.answer = 503
    journal.begin(over_http, "command")
    lineage.models_built(over_http, [result(f"m{number}") for number in range(50)])
    journal.end(over_http)
    assert len(server.got) == 1
    findings = {each.code: each for each in last_night.check(over_http, datetime.now(UTC))}
    assert "503" in findings["LINEAGE_UNTOLD"].sentence("zh")
    server.answer = 201
    lineage.models_built(over_http, [result("m")])
    assert "LINEAGE_UNTOLD" not in {each.code for each in last_night.check(over_http, datetime.now(UTC))}


def test_a_folder_that_cannot_be_written_fails_no_night(settings: Settings) -> None:
    lineage.folder(settings).write_text("in the way")
    lineage.files_loaded(settings, [OUTCOME], BEGAN)
    assert lineage.failure_mark(settings).exists()


@pytest.mark.parametrize("url", ["ftp://x", "marquez:5000", "File"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SanbaoError, match="SETTING_INVALID"):
        load_settings({"SANBAO_OPENLINEAGE_URL": url})
