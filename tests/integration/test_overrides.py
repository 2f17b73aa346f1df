"""A state given by hand, through the nights of a small county: it counts, shows, lapses, is lifted, and is
not known to what was known before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pytest

from reports.difference import difference
from sample_county import write
from sanbao.night import overrides
from sanbao.night.integrity import verify
from sanbao.night.kept_basis import kept_basis
from sanbao.night.lookback import served_then
from sanbao.night.night import night
from sanbao.night.report import print_report
from sanbao.night.signing import sign
from sanbao.queries import lists, serving
from sanbao.queries.serving import query
from sanbao.settings import Settings

pytestmark = pytest.mark.slow
AS_OF, LATER = date(2019, 12, 31), date(2020, 1, 31)
UNTIL = date(2020, 1, 15)


@dataclass
class County:
    """A small county, of which one household's water is not met by the files."""

    settings: Settings
    household: str
    before: datetime  # when nothing was by hand yet, naive UTC
    printed: dict[str, bytes]  # the report of then

    def figure(self, figure_id: str, as_of: date = AS_OF) -> dict[str, Any]:
        (row,) = [f for f in serving.figures(self.settings, as_of).records() if f["figure_id"] == figure_id]
        return row

    def water(self, as_of: date = AS_OF) -> dict[str, Any]:
        sql = (
            "select * from mart.fct_guarantee where guarantee = 'water' and as_of = $as_of"
            " and register_household_no = $household"
        )
        (row,) = query(self.settings, sql, as_of=as_of, household=self.household).records()
        return row

    def listed(self, as_of: date = AS_OF) -> dict[str, Any]:
        """The override that was recorded last."""
        rows = overrides.listed(self.settings, as_of)
        return max(rows, key=lambda row: row["recorded_at"])

    def record(self) -> None:
        asked = overrides.Asked(self.household, None, "water", "MET", "打了井", "入户记录，照片 3", UNTIL)
        overrides.record(self.settings, asked, "李主任")


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def documents(settings: Settings, known_by: datetime) -> dict[str, bytes]:
    printed = print_report(settings, AS_OF, known_by, draft=True, printed_on=date(2020, 1, 12))
    return {path.name: path.read_bytes() for path in printed.files}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    settings = Settings(home=tmp_path_factory.mktemp("by_hand") / "home", as_of=AS_OF)
    write(settings.home / "inbox", scale=0.02)
    night(settings, AS_OF)
    sql = (
        "select register_household_no from mart.fct_guarantee where guarantee = 'water' and state = 'NOT_MET'"
    )
    household = str(query(settings, sql).rows[0][0])
    before = now()
    return County(settings, household, before, documents(settings, before))


def test_by_hand_it_counts_and_is_told_everywhere(county: County) -> None:
    figures = {
        name: county.figure(name) for name in ("grt_water", "grt_all", "grt_housing", "wat_quality_lifted")
    }
    files = county.water()
    assert files["override_id"] is None and figures["grt_water"]["override_count"] == 0
    county.record()
    assert county.listed()["override_state"] == "RECORDED"
    assert county.figure("grt_water") == figures["grt_water"], "nothing counts before it is built"
    night(county.settings, AS_OF)

    told = county.water()
    assert (told["state"], told["reason_code"], told["evidence_batch_id"]) == ("MET", "OVERRIDDEN_MET", None)
    assert (told["state_before_override"], told["reason_before_override"]) == ("NOT_MET", files["reason"])
    for name in ("grt_water", "grt_all"):
        after = county.figure(name)
        assert after["numerator"] == figures[name]["numerator"] + 1, name
        assert after["denominator"] == figures[name]["denominator"], name
        assert (after["met_count"], after["override_count"]) == (figures[name]["met_count"] + 1, 1), name
    for name in ("grt_housing", "wat_quality_lifted"):
        assert county.figure(name) == figures[name], name

    traced = lists.states(county.settings, str(told["household_id"]), AS_OF).records()
    by_hand = {row["guarantee"]: row["override_by"] for row in traced if row["override_id"]}
    assert by_hand == {"饮水安全": "李主任"}
    members = lists.members(county.settings, "grt_water", as_of=AS_OF).records()
    assert [row["register_household_no"] for row in members if row["override_by"] == "李主任"] == [
        county.household
    ]
    rows = lists.trace(county.settings, "grt_water", AS_OF).records()
    marked = {(row["role"], row["file_name"] is not None) for row in rows if row["override_id"]}
    assert marked == {("numerator", True), ("denominator", True)}, "it stands in its row of the register"
    row = county.listed()
    assert (row["override_state"], row["days_left"], row["recorded_by"]) == ("LAPSING", 15, "李主任")
    assert verify(county.settings) == []


def test_what_was_known_before_knows_nothing_of_it(county: County) -> None:
    with served_then(county.settings, AS_OF, county.before) as path, duckdb.connect(str(path)) as then:
        assert then.sql("select count(*) from mart.fct_override").fetchall() == [(0,)]
        sql = "select count(*) from mart.fct_guarantee where guarantee = 'water' and state = 'NOT_MET'"
        assert then.sql(sql).fetchall() == [(1,)]
    assert documents(county.settings, county.before) == county.printed
    assert documents(county.settings, now()) != county.printed
    with kept_basis(county.settings, AS_OF, county.before) as old, kept_basis(county.settings, AS_OF) as new:
        assert [row["recorded_by"] for row in new.overrides] == ["李主任"] and old.overrides == []
        moved = difference(old, new, "grt_water").moved
    assert [(each.role, each.change) for each in moved] == [("numerator", "entered")]


def test_it_lapses_by_itself(county: County) -> None:
    night(county.settings, LATER)
    told, row = county.water(LATER), county.listed(LATER)
    assert (told["state"], told["override_id"]) == ("NOT_MET", None)
    assert (row["override_state"], row["is_in_force"], row["days_left"]) == ("LAPSED", False, -16)
    assert county.figure("grt_water", LATER)["override_count"] == 0
    assert county.water(AS_OF)["state"] == "MET", "of its own day it holds"


def test_lifted_the_files_hold_again(county: County) -> None:
    name = county.water()["override_id"]
    lifted = overrides.lift(county.settings, name, "复核后有误", "王")
    assert lifted["override_state"] == "LIFT_RECORDED"
    night(county.settings, AS_OF)
    assert (county.water()["state"], county.water()["override_id"]) == ("NOT_MET", None)
    row = county.listed()
    assert (row["override_state"], row["lifted_by"], row["lift_reason"]) == ("LIFTED", "王", "复核后有误")
    assert county.figure("grt_water")["override_count"] == 0
    assert verify(county.settings) == []


def test_a_signed_period_is_printed_as_it_was_signed(county: County) -> None:
    with kept_basis(county.settings, AS_OF) as basis:
        for town in basis.towns:
            sign(county.settings, basis, town, "镇长", None)
        sign(county.settings, basis, None, "县长", None)
        signed = basis.sha256
    asked = overrides.Asked(
        county.household, None, "water", "MET", "打了井", "照片 4", LATER, AS_OF, "签发时漏报"
    )
    overrides.record(county.settings, asked, "李主任")
    night(county.settings, AS_OF)
    assert county.water()["state"] == "MET"
    with kept_basis(county.settings, AS_OF, as_signed=True) as basis:
        assert basis.sha256 == signed
    with kept_basis(county.settings, AS_OF) as basis:
        assert basis.sha256 != signed
        assert [row["amendment_reason"] for row in basis.overrides] == ["签发时漏报"]
