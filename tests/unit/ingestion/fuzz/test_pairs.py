"""What is seen and what is held, in every format that can carry both: see `pairs`."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.ingestion.fuzz.pairs import (
    KINDS,
    Draw,
    drawn,
    examine_pairs,
    is_meant,
    is_seen_amount,
    is_seen_month,
)
from tests.unit.ingestion.shown.formats import Format
from tests.unit.ingestion.shown.writers import Cell

pytestmark = pytest.mark.slow

each_format = pytest.mark.parametrize("kind", KINDS)


def draw_and_examine(kind: str, count: int, seed: int) -> set[str]:
    dice = random.Random(f"{kind}-{seed}")
    return {examine_pairs(kind, dice.randbytes(60)) for _ in range(count)}


@each_format
def test_cells_that_show_another_value_than_they_hold(kind: str) -> None:
    assert "checked" in draw_and_examine(kind, 6, seed=1)


@pytest.mark.long
@each_format
def test_thousands_of_cells_that_show_another_value(kind: str) -> None:
    draw_and_examine(kind, 200, seed=2019)


def test_bytes_draw_all_there_is() -> None:
    dice = random.Random(3)
    rows = [drawn(Draw(dice.randbytes(40))) for _ in range(300)]
    assert len({row.amount.format for row in rows}) > 60
    assert len({row.status for row in rows}) > 60
    assert drawn(Draw(b"")) == drawn(Draw(b"\0" * 40))


def test_the_oracle_knows_another_value() -> None:
    scaled = Cell("123456", True, Format(thousands=1, point=1, suffix="万"))
    assert is_seen_amount(scaled, Decimal(123000)) and not is_seen_amount(scaled, Decimal("12.3"))
    assert is_seen_amount(Cell("0.5", True, Format(percent=True)), Decimal("0.5"))
    assert not is_seen_amount(Cell("12.345", True, Format()), Decimal("13"))
    assert is_seen_month(Cell("2019.1", True, Format(places=2)), date(2019, 10, 1))
    assert not is_seen_month(Cell("2019.1", True, Format(places=2)), date(2019, 1, 1))
    assert is_meant("payment_status", "未成功", "失败") and not is_meant("payment_status", "未成功", "成功")
    assert is_meant("support_kind", "集中供养", "集中") and not is_meant("support_kind", "不集中", "集中")
