"""What a county that lost cells or rows may say: what the whole one says, or that it is not known."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from ingestion.contracts.carrying import carrying_columns
from ingestion.lake.held_people import people_of
from tests.integration.dbt_frame.tiny_lake import TinyLake
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.integration.dbt_guarantee import small_county
from tests.integration.dbt_guarantee.build import build

pytestmark = pytest.mark.slow
REGISTERS = ("register_household", "register_person", "village", "village_water_supply", "water_quality_test")
STATES = """
select 'household' as unit, register_household_no, guarantee, state, reason_code
from intermediate.int_household_guarantee
inner join intermediate.int_register_household__current using (household_id)
union all
select 'person', register_person_no, guarantee, state, reason_code from intermediate.int_person_guarantee
"""
States = dict[tuple[str, str, str], tuple[str, str]]


@dataclass
class WithoutCells(TinyLake):
    """Every cell that no row needs is wrong in each row, or (by `seed`) in some."""

    seed: int | None = None

    def land(self, feed: str, rows: list[dict[str, Any]], **more: Any) -> str:
        contract, chance = self.catalog[feed], random.Random(f"{self.seed}{feed}{rows}")
        free = sorted({c.name for c in contract.columns} - carrying_columns(contract))
        spoilt = []
        for row in rows:
            lost = [name for name in free if self.seed is None or chance.random() < 0.4]
            kept = {name: value for name, value in row.items() if name.removesuffix("_op") not in lost}
            spoilt.append({**kept, "_held_cells": f",{','.join(lost)}," if lost else None})
        return super().land(feed, spoilt, **more)


class WithoutRows(TinyLake):
    """Of every feed but the registers all rows are held, beside one that is a stranger's."""

    def land(
        self, feed: str, rows: list[dict[str, Any]], *, as_of: date, received_at: datetime, **more: Any
    ) -> str:
        if feed in REGISTERS:
            return super().land(feed, rows, as_of=as_of, received_at=received_at)
        contract = self.catalog[feed]
        name, number = people_of(contract)[0]
        people = [
            {"person_name": "外", "id_number_text": (row.get(number or "") or "")[:-1] + "?"} for row in rows
        ]
        strange = {name or "": "外人", number or "": small_county.STRANGER}
        strangers = [{**row, **strange, **{key: row.get(key) for key in contract.part_by}} for row in rows]
        return super().land(
            feed, strangers, as_of=as_of, received_at=received_at,
            held=[{"person_name": "外"} for _ in rows], held_people=people,
        )  # fmt: skip


def states(warehouse: Warehouse) -> States:
    return {(unit, no, what): (state, why) for unit, no, what, state, why in warehouse.rows(STATES)}


def built(folder: Any, lake: TinyLake) -> States:
    small_county.land(lake)
    warehouse = Warehouse(folder)
    build(warehouse, known_by="2020-01-05 00:00:00")
    return states(warehouse)


def assert_nothing_else_is_said(found: States, whole: States, reason: str) -> None:
    assert found.keys() == whole.keys(), "somebody is missing"
    other = {at: (found[at], whole[at]) for at in whole if found[at][0] not in (whole[at][0], "UNKNOWN")}
    assert not other
    assert any(why == reason for _, why in found.values())


@pytest.mark.parametrize("seed", [None, 7], ids=["every cell", "some cells"])
def test_without_cells_that_no_row_needs_nothing_else_is_said(
    tmp_path: Any, county: Warehouse, seed: int | None
) -> None:
    found = built(tmp_path, WithoutCells(tmp_path / "lake", seed=seed))
    assert_nothing_else_is_said(found, states(county), "HELD_CELL_DECIDES")


def test_where_rows_are_held_nobody_is_said_to_lack_what_they_may_prove(
    tmp_path: Any, county: Warehouse
) -> None:
    found = built(tmp_path, WithoutRows(tmp_path / "lake"))
    assert_nothing_else_is_said(found, states(county), "HELD_ROW_MAY_BE_PERSON")
