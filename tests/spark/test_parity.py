"""A small county built by both engines: every table of the project has the same rows, in the same types."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from benchmarks.compare_homes import compare_marts
from benchmarks.parity import Run, both, county, verdict
from benchmarks.spark_cluster import cluster
from sanbao.night.publish import publish_serving

pytestmark = pytest.mark.spark

YEAR_END, MIDSUMMER, AUTUMN = date(2019, 12, 31), date(2019, 6, 30), date(2019, 9, 30)


@pytest.mark.parametrize("style", [1, 2])
def test_both_engines_build_the_same(style: int, tmp_path: Path) -> None:
    settings, between = county(tmp_path, style, scale=0.02, faults=20)
    # A date before the newest comes after it: what it may change of the board is the same, too.
    runs = (
        [Run(MIDSUMMER), Run(YEAR_END), Run(AUTUMN), Run(YEAR_END, between)]
        if style == 1
        else [Run(YEAR_END)]
    )
    with cluster(tmp_path / "cluster", workers=2) as port:
        for run, compared in zip(runs, both(settings, runs, "127.0.0.1", port), strict=True):
            print(f"style {style}, {run.as_of}: {verdict(compared)}")
            assert len(compared) > 150
            assert sum(each.rows for each in compared) > 10_000
            unequal = [str(each) for each in compared if not each.is_equal]
            assert not unequal, "\n".join(unequal)
        # What came back into the warehouse, of all dates, and what is served of it.
        other = replace(
            settings, home=settings.home.with_name("spark"), target="spark", spark_host="127.0.0.1"
        )
        unlike = compare_marts(settings.home / "warehouse", other.home / "warehouse")
        assert not unlike, "\n".join(f"{each.name}: {each.what}" for each in unlike)
        published = [publish_serving(home) for home in (settings, replace(other, spark_port=port))]
        assert published[0]["rows"] == published[1]["rows"] > 0
        assert published[0]["tables"] == published[1]["tables"]
        assert not published[1]["rebuilt"]
