"""The files that follow from the contracts: up to date, complete, and true to the lake."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ingestion.contracts import load_catalog
from ingestion.lake.schema import BOOKKEEPING, ORIGIN
from ingestion.lake.tables import LAKE_TABLES, ROW_COLUMNS
from sanbao.codegen import dbt_files

CATALOG = load_catalog()


def test_generated_files_are_up_to_date() -> None:
    assert dbt_files.outdated(CATALOG) == []


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    dbt_files.write(CATALOG, tmp_path)
    assert dbt_files.outdated(CATALOG, tmp_path) == []
    macro = tmp_path / "macros/generated/feeds.sql"
    macro.write_text(macro.read_text("utf-8") + "\n", encoding="utf-8")
    assert dbt_files.outdated(CATALOG, tmp_path) == ["macros/generated/feeds.sql"]
    macro.unlink()
    assert dbt_files.outdated(CATALOG, tmp_path) == ["macros/generated/feeds.sql"]


@pytest.mark.parametrize("feed", list(CATALOG))
def test_every_feed_has_its_staging_model(feed: str) -> None:
    path = dbt_files.PROJECT / "models/staging" / CATALOG[feed].department / f"stg_{feed}.sql"
    assert f"in_force('{feed}')" in path.read_text("utf-8")


@pytest.mark.parametrize("table", [t.name for t in LAKE_TABLES])
def test_the_described_columns_are_those_of_the_lake(table: str) -> None:
    described = next([f.name for f in t.fields] for t in LAKE_TABLES if t.name == table)
    folder = "secret" if table == "person_hash_key" else table
    assert described == [name for name in BOOKKEEPING[folder].names if name in described]
    assert set(described) == set(BOOKKEEPING[folder].names)


def test_the_origin_columns_are_those_of_the_lake() -> None:
    assert {f.name for f in ROW_COLUMNS} == set(ORIGIN.names)


def test_members_side_by_side_become_one_select_each() -> None:
    mapping: dict[str, str | tuple[str, ...]] = {"person_id_number": ("a", "b"), "group_no": "no"}
    assert dbt_files._selects(mapping) == [
        {"person_id_number": "a", "group_no": "no"},
        {"person_id_number": "b", "group_no": "no"},
    ]


def test_every_column_is_labelled_and_described() -> None:
    document = yaml.safe_load(dbt_files.files(CATALOG)["models/staging/_sources.yml"])
    tables = [*document["sources"][0]["tables"], *document["models"]]
    assert len(tables) > 2 * len(CATALOG)
    for table in tables:
        for thing in (table, *table["columns"]):
            assert thing["description"], thing["name"]
            assert thing["config"]["meta"]["label"], thing["name"]
