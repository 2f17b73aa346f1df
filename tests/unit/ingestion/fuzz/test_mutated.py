"""Spoiled files of every format: no crash, no hang, no row lost or made up, no number shown."""

from __future__ import annotations

import random
import time

import pytest

from tests.unit.ingestion.fuzz.properties import examine
from tests.unit.ingestion.fuzz.seeds import SEEDS
from tests.unit.ingestion.fuzz.spoil import spoil

pytestmark = pytest.mark.slow

each_format = pytest.mark.parametrize("kind", SEEDS)


def spoil_and_examine(kind: str, count: int, seed: int) -> None:
    for n in range(count):
        dice = random.Random(f"{kind}-{seed}-{n}")
        data = spoil(dice.choice(SEEDS[kind]), dice)
        started = time.monotonic()
        examine(data, copies=n % 8 == 0)
        assert time.monotonic() - started < 120, f"{kind} {seed} {n}"


@each_format
def test_good_files_are_read(kind: str) -> None:
    assert examine(SEEDS[kind][0]).code == "ROWS_HELD"


@each_format
def test_spoiled_files(kind: str) -> None:
    spoil_and_examine(kind, 12, seed=1)


@pytest.mark.slow
@each_format
@pytest.mark.long
def test_thousands_of_spoiled_files(kind: str) -> None:
    spoil_and_examine(kind, 120, seed=2019)
