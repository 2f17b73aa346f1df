"""The same county cut another way gives the same marts; the oracle is the county as it is written."""

from __future__ import annotations

import csv
import io
import random
import shutil
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from ingestion.contracts import load_catalog
from ingestion.matching.feeds import MatchedTable, known_headers, match_table
from ingestion.parsing.stated_towns import stated_towns
from ingestion.readers import read
from sanbao.night.night import night
from sanbao.settings import Settings
from tests.conftest import AS_OF

pytestmark = [pytest.mark.slow, pytest.mark.long]
CATALOG = load_catalog()
CUT = ("register_household", "register_person", "disability_card", "schooling_exemption", "village")
COMPARED = ("dim_household", "dim_person", "fct_person_guarantee", "fct_household_guarantee", "fct_figure")
HASHED = ("person_key", "person_handle")
Rows = list[list[str]]


def table_of(path: Path) -> MatchedTable | None:
    """The one table of a file of a feed that is to be cut."""
    if path.suffix not in (".xlsx", ".xls", ".csv"):
        return None
    tables = read(path.read_bytes(), known_headers=known_headers(CATALOG)).tables
    if len(tables) != 1:
        return None
    found = match_table(tables[0], CATALOG, file_name=path.name, department=path.parent.name)
    return found if isinstance(found, MatchedTable) and found.contract.feed in CUT else None


def column(table: MatchedTable, name: str) -> list[str]:
    return [str(text) for text in table.table.cells.iloc[:, table.positions[name]]]


def written(table: MatchedTable, rows: Rows) -> bytes:
    """These rows under the titles and the header of their file."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in table.table.title_lines:
        writer.writerow([line])
    writer.writerow(table.table.header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def cut(inbox: Path, seed: int) -> int:
    """Put a file per town, named or not, in the place of each file of `CUT`; returns how many there are."""
    rng = random.Random(seed)
    tables = {path: table for path in sorted(inbox.glob("*/*")) if (table := table_of(path))}
    towns: dict[str, str] = {}
    for table in tables.values():
        if table.contract.feed == "register_household":
            numbers = column(table, "register_household_no")
            towns |= dict(zip(numbers, column(table, "town_name"), strict=True))
    count = 0
    for path, table in tables.items():
        if table.contract.feed == "register_person":
            places = [towns[number] for number in column(table, "register_household_no")]
        else:
            places = column(table, "town_name")
        parts: dict[str, Rows] = defaultdict(list)
        for place, row in zip(places, table.table.cells.itertuples(index=False), strict=True):
            (town,) = stated_towns(place)  # the offices write it in many ways
            parts[town].append([str(cell) for cell in row])
        for town, rows in parts.items():
            name = f"{path.stem}（{town if rng.random() < 0.5 else rng.randrange(10**9)}）.csv"
            (path.parent / name).write_bytes(written(table, rows))
            count += 1
        path.unlink()
    return count


def test_marts_of_a_county_cut_by_town_are_those_of_the_county(
    small_county: Path, loaded_home: Settings, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "cut", as_of=AS_OF)
    shutil.copytree(small_county, settings.home / "inbox")
    assert cut(settings.home / "inbox", seed=2019) > 50
    night(settings)
    with duckdb.connect() as connection:
        for name, home in (("whole", loaded_home.home), ("cut", settings.home)):
            connection.execute(f"attach '{home}/serving/serving.duckdb' as {name} (read_only)")
        for table in COMPARED:
            described = connection.execute(f"describe whole.mart.{table}").fetchall()
            # From which file evidence came differs by right, and the key of hashes is each home's own.
            kept = [name for name, *_ in described if "_evidence_" not in name and name not in HASHED]
            columns = ", ".join(kept)
            one, other = (f"select {columns} from {name}.mart.{table}" for name in ("whole", "cut"))
            ((count,),) = connection.execute(f"select count(*) from ({one})").fetchall()
            assert count > 20, table
            for first, second in ((one, other), (other, one)):
                differing = connection.execute(f"{first} except {second}").fetchall()
                assert differing == [], (table, differing[:3])
