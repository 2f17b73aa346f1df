"""Three months of a county that nobody looks after; all sixty: `python -m benchmarks.months`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.months import checks, truth
from benchmarks.months.__main__ import FIRST, run
from benchmarks.months.departments import Departments
from benchmarks.months.drops import FATES, MONTHLY, fates, owed
from benchmarks.months.truth import Fact
from sample_county.build import build
from sanbao.settings import Settings

SEED, SCALE = 7, 0.01


@pytest.fixture(scope="module")
def departments() -> Departments:
    return Departments.of(build(seed=SEED, scale=SCALE), np.random.default_rng(1))


@pytest.mark.long
def test_three_months_without_anybody(tmp_path: Path) -> None:
    found = run(tmp_path, months=3, scale=SCALE, seed=SEED, drill_every=0, twin_every=3)
    assert found.wrong == []
    assert found.inbox.dropped >= 3 * len(MONTHLY)
    assert found.traced > 100
    _a_wrong_figure_is_seen(found.settings, found.departments)


def _a_wrong_figure_is_seen(settings: Settings, at: Departments) -> None:
    """The same check that found nothing finds a figure that is off by one, unless it says that it may be."""
    day, facts = at.as_of.date(), dict(truth.figures(at))
    fact = facts["reg_pp"]
    facts["reg_pp"] = Fact(fact.number + 1, fact.feeds)
    (said,) = checks.wrong_figures(settings, day, facts, set(), set())
    assert "reg_pp" in said
    facts = {"never": Fact(1, frozenset())}
    assert checks.wrong_figures(settings, day, facts, set(), set())
    left = settings.home / "lake" / ".half.tmp"
    left.touch()
    assert any(".half.tmp" in each for each in checks.left_over(settings))


def test_truth_counts_what_the_county_itself_says_of_2019(departments: Departments) -> None:
    world, found = build(seed=SEED, scale=SCALE), truth.figures(departments)
    in_units = {"wat_agri_pop": "wat_agri_persons", "wat_pop_on": "wat_served_persons"}
    for figure, fact in found.items():
        told = world.truth_figures[in_units.get(figure, figure)]
        scale = 10_000 if figure in ("fund_in", "fund_used") else 1
        assert fact.number == pytest.approx(told * scale), figure
    assert len(found) > 25


@pytest.mark.long
def test_months_go_by_and_every_fate_is_met() -> None:
    at = Departments.of(build(seed=SEED, scale=SCALE), np.random.default_rng(2))
    dice, met, days = np.random.default_rng(3), set(), []
    before = {figure: fact.number for figure, fact in truth.figures(at).items()}
    for _ in range(24):
        at.advance()
        days.append(at.as_of.date())
        drops = owed(at)
        assert {drop.feed for drop in drops} >= {*MONTHLY} - {"property_contract"}
        met |= {delivery.fate for delivery in fates(drops, dice)}
    assert met == set(FATES)
    assert days[0] == date(2020, 1, 31) and days[-1] == date(2021, 12, 31) and days[0] > FIRST
    after = {figure: fact.number for figure, fact in truth.figures(at).items()}
    assert {figure for figure in after if after[figure] != before[figure]} >= {
        "reg_hh", "reg_pp", "emp_total", "fund_in", "fund_used", "ins_resident_pp", "wat_vlg_on",
    }  # fmt: skip
    assert after["reg_pp"] == after["lifted_pp"] + after["not_lifted_pp"]


def test_a_row_that_names_another_is_no_trace() -> None:
    text = "序号,姓名\n1,王 五\n".encode("gb18030")
    assert checks._row_of(text, ".csv", "", 2) == "1,王五"
    assert checks._row_of(text, ".csv", "", 3) is None
