"""ID numbers and names planted in everything that departments write: none comes out where it must not."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import traceback
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sanbao import airflow_closing, airflow_tasks
from sanbao.cli.app import main
from sanbao.errors import SanbaoError
from sanbao.night.closing_words import body
from sanbao.night.home import catalog
from sanbao.night.kept_basis import kept_basis
from sanbao.settings import Settings, load_settings
from tests.integration import leaks

pytestmark = pytest.mark.slow
PARAMS = {"as_of": "2019-12-31"}
# Where people's names are served by right: of members, and of heads beside what their household lacks;
# each also in the view of the latest date.
_OF_HEADS = ("dim_household", "fct_household_guarantee", "fct_guarantee", "fct_figure_member")
_OF_PERSONS = ("dim_person.person_name", "fct_figure_member.person_name")
_NAMES = (*_OF_PERSONS, *(f"{table}.head_name" for table in _OF_HEADS))
NAME_COLUMNS = frozenset({*_NAMES, *(name.replace(".", "_latest.") for name in _NAMES)})


@dataclass
class Night:
    """What a scheduler keeps of a night: what each step returned, and all that it printed."""

    settings: Settings
    dropped: int
    passed_on: list[object] = field(default_factory=list)
    printed: str = ""


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One night, step by step as the DAG runs it, its standard output and errors kept."""
    home = tmp_path_factory.mktemp("leaks") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANBAO_HOME", str(home))
        made = Night(load_settings(), leaks.drop(home / "inbox", catalog()))
        made.passed_on, made.printed = _run()
    return made


def _run() -> tuple[list[object], str]:
    said = io.StringIO()
    passed_on: list[object] = []
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        received = airflow_tasks.receive({})
        passed_on.append(received)
        passed_on += [airflow_tasks.load_department(each["files"]) for each in received]
        passed_on += [
            airflow_tasks.build(PARAMS),
            airflow_tasks.publish(PARAMS),
            airflow_tasks.renew_returns(),
            airflow_tasks.remind(PARAMS),
            airflow_tasks.give_cross_checks(PARAMS),
        ]
        passed_on.append(airflow_tasks.summarise(PARAMS, received, {}))
    return passed_on, said.getvalue()


def test_every_feed_was_taken_and_every_file_told(night: Night) -> None:
    received: list[airflow_tasks.Delivered] = night.passed_on[0]  # type: ignore[assignment]
    assert sum(len(each["files"]) for each in received) == night.dropped
    rows = [row for rows in night.passed_on[1 : len(received) + 1] for row in rows]  # type: ignore[attr-defined]
    taken = {row["feed"] for row in rows if row["delivery_state"] == "PARTIAL"}
    assert taken == {contract.feed for contract in catalog().contracts}
    departments = {contract.department for contract in catalog().contracts}
    # of each a file that is no table of anybody, and one that is broken off
    assert sum(row["delivery_state"] == "REFUSED" for row in rows) == 2 * len(departments)
    assert night.printed.strip()


def test_nothing_is_printed_or_passed_on(night: Night) -> None:
    kept = night.printed + json.dumps(night.passed_on, ensure_ascii=False)
    for person in leaks.planted(catalog()):
        assert person.name not in kept
        assert not person.numbers_in(kept)


def test_who_signs_a_month_reads_of_nobody(
    night: Night, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Airflow keeps what it asks a person, and shows it to whoever may look at the run."""
    monkeypatch.setenv("SANBAO_HOME", str(night.settings.home))
    try:
        passed_on: list[object] = [airflow_closing.newly_delivered(PARAMS)]
        frozen = airflow_closing.freeze({"month": "2019-12"}, None)
        known = datetime.fromisoformat(frozen["known_by"])
        with kept_basis(night.settings, date(2019, 12, 31), known) as basis:
            said = [each.finding for each in basis.identities if each.identity_state == "BROKEN"]
            passed_on += [frozen, body(basis, said, None, "reports")]
        kept = json.dumps(passed_on, ensure_ascii=False) + "".join(capfd.readouterr())
        assert "数据不全的指标" in kept and "暂扣待改" in kept
        for person in leaks.planted(catalog()):
            assert person.name not in kept
            assert not person.numbers_in(kept)
    finally:
        shutil.rmtree(night.settings.home / "reports")  # whose tables name people by right


def test_nothing_is_in_a_file_of_another_department_or_a_log(night: Night) -> None:
    seen = 0
    for path, text in leaks.files_outside(night.settings.home):
        seen += 1
        for person in leaks.planted(catalog()):
            if path.parts[:2] == ("returned", person.department):
                continue
            assert person.name not in text, path
            assert not person.numbers_in(text), path
    assert seen > 30


def test_no_number_is_served_and_names_only_as_names(night: Night) -> None:
    found: set[str] = set()
    columns = dict(leaks.served(night.settings.serving))
    assert len(columns) > 100
    for person in leaks.planted(catalog()):
        for column, text in columns.items():
            assert not person.numbers_in(text), column
            if person.name in text:
                found.add(column)
    assert found <= NAME_COLUMNS
    assert "dim_person.person_name" in found, "the planted name was not there to be found"


def test_a_failing_cast_tells_neither_number_nor_name(
    night: Night, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A year of the lake becomes a text with both in it: dbt fails, and says where, but not on what."""
    settings = night.settings
    monkeypatch.setenv("SANBAO_HOME", str(settings.home))
    person = next(p for p in leaks.planted(catalog()) if p.department == "health_insurance")
    cell = f"{person.name}{person.number}"
    (path,) = (settings.lake / "insurance_enrolment").glob("[!_]*.parquet")
    table = pq.read_table(path)
    at = table.schema.get_field_index("insurance_year")
    pq.write_table(table.set_column(at, "insurance_year", pa.array([cell] * len(table))), path)
    # Otherwise the changed file would be noticed before dbt sees it.
    monkeypatch.setattr("sanbao.night.build.require_whole", lambda settings: None)
    with pytest.raises(SystemExit) as left:
        main(["build", "--as-of", "2019-12-31", "--force"])
    assert left.value.code == 1
    with pytest.raises(SanbaoError, match="BUILD_FAILED") as raised:
        airflow_tasks.build(PARAMS)
    told = "".join(traceback.format_exception(raised.value))
    assert "int_person__insurance" in told
    assert "Conversion Error" in told
    out, err = capfd.readouterr()
    assert "BUILD_FAILED" in err
    results = settings.manifest.parent / "run_results.json"
    assert "Error" in results.read_text("utf-8")
    kept = told + out + err + "".join(text for _, text in leaks.files_outside(settings.home / "warehouse"))
    assert person.name not in kept
    assert not person.numbers_in(kept)
