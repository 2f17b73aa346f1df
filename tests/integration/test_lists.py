"""What `sanbao members` and `sanbao trace` say is the figure, for every figure, county and town."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest

from sanbao.cli.app import guarded, make_app
from sanbao.errors import SanbaoError
from sanbao.queries import lists, serving
from sanbao.queries.serving import query
from sanbao.settings import Settings

pytestmark = pytest.mark.slow


def test_the_rows_of_every_figure_are_its_number_and_its_states(loaded_home: Settings) -> None:
    seen = 0
    for figure in serving.figures(loaded_home).records():
        try:
            rows = lists.members(loaded_home, figure["figure_id"]).records()
        except SanbaoError as error:
            assert error.code == "FIGURE_NOT_LISTED"
            continue
        name = figure["figure_id"]
        keys = [row["member_key"] for row in rows]
        assert len(keys) == len(set(keys)), name
        assert sum(row["amount"] for row in rows if row["is_counted"] and figure["denominator"] is None) == (
            figure["numerator"] if figure["denominator"] is None else 0
        ), name
        if figure["met_count"] is not None:
            states = Counter(row["state"] for row in rows)
            assert states["NOT_MET"] == figure["not_met_count"], name
            assert states["UNKNOWN"] == figure["unknown_count"], name
            lacking = lists.members(loaded_home, name, lacking=True).records()
            assert len(lacking) == figure["not_met_count"] + figure["unknown_count"], name
            assert all(row["reason"] for row in lacking if name.startswith("grt_")), name
        seen += 1
    assert seen > 40


def test_a_town_has_its_own_rows(loaded_home: Settings) -> None:
    towns = query(
        loaded_home,
        "select area_name, numerator from mart.fct_figure where figure_id = 'reg_pp' and area_level = 'town'"
        " and town_code is not null",
    ).rows
    assert len(towns) > 5
    for town, counted in towns:
        assert len(lists.members(loaded_home, "reg_pp", town).rows) == counted, town


def test_a_household_shows_each_guarantee_with_its_evidence(loaded_home: Settings) -> None:
    household = str(query(loaded_home, "select min(household_id) from mart.dim_household").rows[0][0])
    states = lists.states(loaded_home, household).records()
    assert [row["guarantee"] for row in states][:2] == ["义务教育", "基本医疗"]
    assert all(row["state"] and row["reason"] for row in states)
    medical = next(row for row in states if row["guarantee"] == "基本医疗")
    assert medical["file_name"] and medical["source_row"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("members grt_all --lacking", "没有保障"),
        ("members reg_hh", "户编号"),
        ("figures", "建档立卡贫困户户数"),
        ("trace reg_hh", "计入的指标及其出处"),
    ],
)
def test_a_person_reads_it_in_words(
    loaded_home: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    line: str,
    said: str,
) -> None:
    monkeypatch.setenv("SANBAO_HOME", str(loaded_home.home))
    assert guarded(partial(make_app("zh"), args=line.split()), "zh") == 0
    out = capsys.readouterr().out
    assert said in out
    assert "NOT_MET" not in out and "register_household_no" not in out
