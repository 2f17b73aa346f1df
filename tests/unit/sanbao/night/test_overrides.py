"""`sanbao override`, as an official types it: what it takes, and what it refuses in one sentence."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from foundation.files import write_sealed
from ingestion.lake.decided import decided_rows
from ingestion.receiving.clock import believe
from sanbao.cli.app import guarded, make_app
from sanbao.night.build_state import fingerprint, known_decisions
from sanbao.night.signing import signed_between
from sanbao.settings import load_settings
from tests.unit.ingestion.deliveries import drop, register, sheet
from tests.unit.ingestion.helpers import id_number, new_home

pytestmark = pytest.mark.slow

TABLES = Path(__file__).parents[2] / "reports" / "households.sql"
COLUMNS = """
    create schema if not exists meta;
    create table meta.model_column as select 'fct_person_guarantee' as table_name, *, 1 as ordinal
        from (values ('education_state', '义务教育状态'), ('medical_state', '基本医疗状态'),
            ('education_subsidy_state', '教育资助状态')) as c (column_name, column_label);
"""
ASKED = {
    "--guarantee": "water", "--state": "MET", "--reason": "打了井", "--evidence": "入户记录，照片 3",
    "--until": "2020-03-31",
}  # fmt: skip


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SANBAO_HOME", str(tmp_path))
    monkeypatch.setenv("SANBAO_LANG", "zh")
    home = new_home(tmp_path)
    drop(home, sheet(register(3), "2019年11月"), name="十一月.csv")
    believe(home, datetime.now(UTC))
    serving = load_settings().serving
    serving.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(serving)) as connection:
        connection.execute(TABLES.read_text("utf-8"))
        connection.execute(COLUMNS)
    return home


def typed(*arguments, lang="zh"):
    return guarded(lambda: make_app(lang)(args=list(arguments), prog_name="sanbao"), lang)


def asked(household="N1", *more, lang="zh", **change):
    options = ASKED | {f"--{name}": value for name, value in change.items()}
    given = [part for name, value in options.items() if value is not None for part in (name, value)]
    return typed("override", household, *given, *more, lang=lang)


def recorded(home):
    return list(decided_rows(home, "override"))


def test_an_override_is_recorded_and_listed(home, capsys):
    before = fingerprint(load_settings(), date(2019, 12, 31), None)
    assert asked("N1", "--by", "李主任", reason=f"{id_number(1)} 打了井") == 0
    assert "已认定：override-" in capsys.readouterr().out
    (row,) = recorded(home)
    assert (row["register_household_no"], row["guarantee"], row["state"]) == ("N1", "water", "MET")
    assert (row["speaks_for_on"], row["until_on"]) == (date(2019, 12, 31), date(2020, 3, 31))
    assert (row["recorded_by"], row["reason"]) == ("李主任", "440899************ 打了井")
    assert [name for name, _ in known_decisions(load_settings(), None)] == [row["override_id"]]
    assert known_decisions(load_settings(), datetime(2020, 1, 1)) == []  # noqa: DTZ001  (the lake is naive UTC)
    assert fingerprint(load_settings(), date(2019, 12, 31), None) != before
    assert typed("override", "--list", "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["override_id"], listed["override_state"]) == (row["override_id"], "RECORDED")
    assert typed("override", "--list") == 0
    assert "李主任" in capsys.readouterr().out


def test_a_guarantee_of_persons_names_the_person_and_may_be_said_in_chinese(home):
    assert asked("hh_1", guarantee="基本医疗", person="P2") == 0
    (row,) = recorded(home)
    assert (row["register_household_no"], row["register_person_no"], row["guarantee"]) == (
        "N1",
        "P2",
        "medical",
    )


def test_one_that_is_lifted_makes_room_for_another(home, capsys):
    asked()
    name = recorded(home)[0]["override_id"]
    assert typed("override", "--lift", name.rpartition("-")[2][:6], "--reason", "复核", "--by", "王") == 0
    assert f"已撤销：{name}" in capsys.readouterr().out
    assert typed("override", "--list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["override_state"], row["lifted_by"], row["lift_reason"]) == ("LIFT_RECORDED", "王", "复核")
    assert asked() == 0
    assert len(recorded(home)) == 2


def test_what_is_published_is_listed_with_the_words_of_the_lake(home, capsys):
    asked("N1", "--by", "李主任")
    name = recorded(home)[0]["override_id"]
    with duckdb.connect(str(load_settings().serving)) as connection:
        connection.execute(
            "insert into mart.fct_override by name select $name as override_id, '（此处是人名）' as"
            " recorded_by, 'IN_FORCE' as override_state, true as is_in_force, date '2019-12-31' as as_of",
            {"name": name},
        )
    capsys.readouterr()
    assert typed("override", "--list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["override_state"], row["recorded_by"]) == ("IN_FORCE", "李主任")
    assert (row["reason"], row["evidence"]) == ("打了井", "入户记录，照片 3")


REFUSED = [
    ("HOUSEHOLD_UNKNOWN", "N9", {}),
    ("GUARANTEE_UNKNOWN", "N1", {"guarantee": "watr"}),
    ("GUARANTEE_OF_PERSONS", "N1", {"guarantee": "medical"}),
    ("GUARANTEE_OF_HOUSEHOLDS", "N1", {"person": "P2"}),
    ("PERSON_UNKNOWN", "N1", {"guarantee": "medical", "person": "P4"}),
    ("STATE_UNKNOWN", "N1", {"state": "YES"}),
    ("OVERRIDE_UNFOUNDED", "N1", {"reason": " "}),
    ("OVERRIDE_UNFOUNDED", "N1", {"evidence": ""}),
    ("OVERRIDE_INCOMPLETE", "N1", {"until": None}),
    ("OVERRIDE_PAST", "N1", {"until": "2019-12-30"}),
    ("OVERRIDE_TOO_LONG", "N1", {"until": "2021-01-01"}),
    ("OVERRIDE_NOT_NEEDED", "N1", {"state": "not_met"}),
    ("AS_OF_NOT_PUBLISHED", "N1", {"as-of": "2019-12-30"}),
    ("SETTING_INVALID", "N1", {"until": "明年"}),
]


@pytest.mark.parametrize(("code", "household", "change"), REFUSED)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_cannot_be_is_one_sentence_and_writes_nothing(home, capsys, code, household, change, lang):
    assert asked(household, lang=lang, **change) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"[{code}]") and "Traceback" not in said and "{" not in said
    assert recorded(home) == []


def test_the_last_day_that_is_allowed_is_taken(home):
    assert asked(until="2020-12-31") == 0


def test_a_second_one_is_refused_by_the_name_of_the_first(home, capsys):
    asked()
    capsys.readouterr()
    assert asked(state="UNKNOWN") == 1
    said = capsys.readouterr().err
    assert said.startswith("[OVERRIDE_STANDS]") and recorded(home)[0]["override_id"] in said


def test_a_lift_needs_a_reason_and_an_override(home, capsys):
    asked()
    name = recorded(home)[0]["override_id"]
    assert typed("override", "--lift", name) == 1
    assert capsys.readouterr().err.startswith("[LIFT_REASON]")
    assert typed("override", "--lift", "override", "--reason", "复核") == 1
    assert capsys.readouterr().err.startswith("[OVERRIDE_UNKNOWN]")
    assert typed("override", "--lift", name, "--reason", "复核") == 0
    assert typed("override", "--lift", name, "--reason", "复核") == 1
    assert capsys.readouterr().err.startswith("[OVERRIDE_LIFTED]")


@pytest.mark.parametrize(
    ("day", "is_refused"), [("2019-12-31", True), ("2020-03-31", True), ("2020-04-30", False)]
)
def test_a_period_that_was_signed_is_amended_with_a_reason_alone(home, capsys, day, is_refused):
    signature = {
        "as_of": day, "known_by": "2020-01-12T00:00:00", "basis_sha256": "x", "level": "county", "town": None,
        "by": "县长", "at": "2020-01-13T00:00:00", "reason": None,
    }  # fmt: skip
    town = signature | {"as_of": "2019-12-31", "level": "town", "town": "甲镇"}
    write_sealed(json.dumps([signature, town]).encode(), home.archive / "signatures.json")
    assert (signed_between(load_settings(), date(2019, 12, 31), date(2020, 3, 31)) is not None) == is_refused
    if is_refused:
        assert asked() == 1
        said = capsys.readouterr().err
        assert said.startswith("[PERIOD_SIGNED]") and "县长" in said and day in said
        assert recorded(home) == []
    assert asked("N1", "--amendment", "签发时漏报") == 0
    assert recorded(home)[0]["amendment_reason"] == "签发时漏报"


def test_nothing_published_is_said(home, capsys):
    load_settings().serving.unlink()
    assert asked() == 1
    assert capsys.readouterr().err.startswith("[NOTHING_PUBLISHED]")
    assert typed("override", "--list") == 0
