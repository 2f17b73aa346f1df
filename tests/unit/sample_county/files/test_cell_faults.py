"""Spoiled cells: never what stood there, never a valid number, the same in both hands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from ingestion.contracts import Catalog
from sample_county.cell_faults import KINDS, ROWS_PER_FAULT, spoil
from sample_county.dirt import check_digit
from sample_county.faults import plant
from sample_county.files.plan import all_files
from sample_county.files.planting import Planted, PlantedMark
from sample_county.files.second_hand import second_files
from sample_county.files.workbooks import sheet_like, write_xlsx
from sample_county.world.model import World
from sample_county.write import write_files

FAULTS = 25


@pytest.fixture
def spoiled(world: World, catalog: Catalog) -> tuple[PlantedMark, ...]:
    plant(world, 0, np.random.default_rng(0))
    return spoil(world, catalog, FAULTS, np.random.default_rng(3))


def test_a_spoiled_cell_is_another_and_no_row_has_two(
    world: World, catalog: Catalog, spoiled: tuple[PlantedMark, ...]
) -> None:
    assert len(spoiled) == FAULTS
    assert {found.kind for found in spoiled} == set(KINDS)
    places = set()
    for found in spoiled:
        deliveries = world.tables[found.feed]
        frame = deliveries[found.label] if found.label else next(iter(deliveries.values()))
        clean = frame.at[found.mark.row, found.mark.column_name]
        assert found.mark.overwrites and found.mark.raw != clean, found
        places.add((found.feed, found.label, found.mark.row))
    assert len(places) == FAULTS


def test_swapped_digits_are_no_persons_number(world: World, catalog: Catalog) -> None:
    """By the check digit: whatever neighbours are swapped, it no longer fits."""
    plant(world, 0, np.random.default_rng(0))
    number = "44089919800101123"
    number += check_digit(number)
    column = catalog["register_person"].column("id_number")
    change = KINDS["id_digits_swapped"][1]
    for seed in range(60):
        swapped = str(change(column, pd.Series({"id_number": number}), np.random.default_rng(seed)))
        assert sorted(swapped) == sorted(number) and swapped[:6] == "440899"
        assert check_digit(swapped[:17]) != swapped[17] if swapped[:17].isdigit() else True


def test_no_room_is_said(world: World, catalog: Catalog) -> None:
    plant(world, 0, np.random.default_rng(0))
    rows = sum(len(table) for tables in world.tables.values() for table in tables.values())
    with pytest.raises(ValueError, match="no room"):
        spoil(world, catalog, rows // ROWS_PER_FAULT + 1, np.random.default_rng(0))


@pytest.mark.slow
def test_both_hands_have_the_same_cells_spoiled(
    world: World, catalog: Catalog, spoiled: tuple[PlantedMark, ...], tmp_path: Path
) -> None:
    cells = []
    for folder, plans in (("one", all_files()), ("two", list(second_files()))):
        planted = Planted(marks=spoiled)
        placed = write_files(
            world, catalog, tmp_path / folder, seed=1, planted=planted, clean=True, plans=plans
        )
        kinds = {(p.feed, p.column_name, p.kind) for p in placed}
        cells.append(kinds)
    assert cells[0] == cells[1]
    assert len(cells[0]) > FAULTS / 2


def test_a_lost_reference_is_an_error_cell(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    write_xlsx(path, [sheet_like("Sheet1", [("面积",), ("#REF!",)])])
    page = openpyxl.load_workbook(path, data_only=True).active
    assert page is not None
    assert (page["A2"].data_type, page["A2"].value) == ("e", "#REF!")
