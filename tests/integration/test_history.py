"""Earlier registers, delivered as departments do: the figures of their dates are those of the truth file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sample_county import write
from sanbao.night.night import night
from sanbao.queries.serving import query
from sanbao.settings import Settings

pytestmark = pytest.mark.slow

DATES = (date(2017, 12, 31), date(2018, 12, 31))


def test_figures_of_earlier_dates_are_those_of_the_truth(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", as_of=DATES[-1])
    truth = pd.read_csv(write(settings.home / "inbox", scale=0.02, years=5) / "history.csv")
    for day in DATES:
        night(settings, day)
        expected = truth[truth["as_of"] == day.isoformat()].set_index("figure_id")["value"].to_dict()
        counted = query(
            settings,
            "select figure_id, numerator from mart.fct_figure where as_of = $day and area_level = 'county'",
            day=day,
        ).rows
        assert len(expected) == 8
        assert {name: float(str(number)) for name, number in counted if name in expected} == expected
