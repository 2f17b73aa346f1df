"""Overrides and their lifts as rows of the lake: who, why, until when, and never two of one value."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from foundation import files as files_module
from ingestion import receive
from ingestion.lake.decided import decided_rows
from ingestion.lake.integrity import lake_faults
from ingestion.lake.numbers import remembered
from ingestion.pipeline.decisions import DecisionError
from ingestion.pipeline.overrides import Override, Value, lift_override, record_override, standing
from tests.unit.ingestion.deliveries import CATALOG, NOON, drop, register, sheet
from tests.unit.ingestion.helpers import id_number, lake, new_home

HOUSING = Value("H1", None, "housing")
ASKED = Override(HOUSING, "MET", date(2019, 12, 31), date(2020, 3, 31), "已鉴定，表没报", "入户记录，照片 3")
LATER = NOON + timedelta(days=5)


@pytest.fixture
def home(tmp_path):
    home = new_home(tmp_path)
    drop(home, sheet(register(3), "2019年11月"), name="十一月.csv")
    return home


def refusal(call, *arguments, **named):
    with pytest.raises(DecisionError) as caught:
        call(*arguments, **named)
    return caught.value


def test_who_why_evidence_and_expiry_are_kept(home):
    asked = replace(
        ASKED, reason=f"{id_number(1)} 已鉴定", evidence=f"{id_number(2)} 的照片", amendment_reason="漏报"
    )
    name = record_override(home, asked, by="李主任", now=LATER)
    (row,) = lake(home, "override")
    assert row["override_id"] == name
    assert (row["register_household_no"], row["register_person_no"], row["guarantee"]) == (
        "H1",
        None,
        "housing",
    )
    assert (row["state"], row["speaks_for_on"], row["until_on"]) == (
        "MET",
        asked.speaks_for_on,
        asked.until_on,
    )
    assert row["recorded_at"] == datetime(2020, 1, 7, 12) and row["recorded_by"] == "李主任"  # noqa: DTZ001
    assert row["reason"] == "440899************ 已鉴定" and row["evidence"] == "440899************ 的照片"
    assert row["amendment_reason"] == "漏报"
    assert remembered(home).last_number == row["recorded_no"] == 2
    assert lake_faults(home) == []


@pytest.mark.parametrize(
    "other",
    [
        {"state": "NOT_MET"},
        {"speaks_for_on": date(2020, 3, 31), "until_on": date(2020, 6, 30)},
        {"speaks_for_on": date(2019, 10, 31), "until_on": date(2019, 12, 31)},
    ],
)
def test_a_second_override_of_a_value_on_the_same_day_is_refused(home, other):
    name = record_override(home, ASKED, by="李主任", now=LATER)
    error = refusal(record_override, home, replace(ASKED, **other), by="王")
    assert error.code == "OVERRIDE_STANDS"
    assert error.words == {"override": name, "by": "李主任", "begins": "2019-12-31", "until": "2020-03-31"}
    assert len(lake(home, "override")) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"speaks_for_on": date(2020, 4, 1), "until_on": date(2020, 6, 30)},
        {"value": replace(HOUSING, guarantee="water")},
        {"value": replace(HOUSING, register_person_no="P1")},
        {"value": replace(HOUSING, register_household_no="H2")},
    ],
)
def test_another_value_or_another_time_has_its_own(home, other):
    record_override(home, ASKED, by="李主任", now=LATER)
    record_override(home, replace(ASKED, **other), by="李主任", now=LATER)
    assert len(lake(home, "override")) == len(standing(home)) == 2


def test_a_lift_is_a_row_of_its_own_and_makes_room(home):
    name = record_override(home, ASKED, by="李主任", now=LATER)
    was = [path.read_bytes() for path in (home.lake / "override").glob("override-*")]
    assert refusal(lift_override, home, "override-x", reason="错", by="王").code == "OVERRIDE_UNKNOWN"
    assert lift_override(home, name, reason=f"{id_number(1)} 复核", by="王", now=LATER)["override_id"] == name
    (row,) = lake(home, "override_lift")
    assert (row["override_id"], row["lifted_by"], row["reason"]) == (name, "王", "440899************ 复核")
    assert [path.read_bytes() for path in (home.lake / "override").glob("override-*")] == was
    assert refusal(lift_override, home, name, reason="错", by="王").code == "OVERRIDE_LIFTED"
    assert standing(home) == []
    record_override(home, ASKED, by="李主任", now=LATER)
    assert lake_faults(home) == []


class Killed(BaseException):
    pass


@pytest.mark.parametrize("moment", [0, 1])
def test_an_override_that_was_killed_is_no_fault_and_takes_effect(home, monkeypatch, moment):
    real, count = files_module.put_in_place, iter(range(100))

    def dies(partial, path):
        if next(count) == moment:
            raise Killed
        real(partial, path)

    with monkeypatch.context() as patch:
        patch.setattr(files_module, "put_in_place", dies)
        with pytest.raises(Killed):
            record_override(home, ASKED, by="李主任", now=LATER)
    assert lake_faults(home, contents=False) == []
    receive(home, CATALOG, now=NOON + timedelta(days=100))
    assert lake_faults(home) == []
    assert len(list(decided_rows(home, "override"))) == moment
