"""A few of the changes that `python -m benchmarks.no_silent_zero` tries all of, picked by a seed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.no_silent_zero import run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "seed"),
    # As long as not all of them have been tried, what is found by chance belongs into the long run.
    [(4, 2019), pytest.param(20, random.randrange(10**6), marks=pytest.mark.long, id="random")],
)
def test_no_figure_becomes_another_one_without_a_word(tmp_path: Path, count: int, seed: int) -> None:
    assert run(tmp_path, scale=0.01, feeds=None, only=count, seed=seed) == [], f"seed {seed}"
