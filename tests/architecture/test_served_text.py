"""Columns in which clerks' words are served say what they hold, so that publishing knows what to hide."""

from pathlib import Path

import pytest
import yaml

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
CONTENT_BY_ENDING = {
    "_sheet": "sheet_name",
    "village_name": "place",
    "area_name": "place",
    "person_name": "person_name",
    "head_name": "person_name",
}


def _columns() -> list[tuple[str, str, str]]:
    """(model, column, its `meta.content`) of marts and reports."""
    found = []
    for path in sorted([*MODELS.glob("marts/*.yml"), *MODELS.glob("reports/*.yml")]):
        for model in yaml.safe_load(path.read_text("utf-8"))["models"]:
            for column in model["columns"]:
                content = column.get("config", {}).get("meta", {}).get("content", "")
                found.append((model["name"], column["name"], content))
    return found


@pytest.mark.parametrize("ending", CONTENT_BY_ENDING)
def test_every_such_column_says_what_it_holds(ending: str) -> None:
    # Nobody keeps a list of natural villages: there only people's names are hidden.
    columns = [
        column for column in _columns() if column[1].endswith(ending) and column[1] != "natural_village_name"
    ]
    assert columns
    assert {column for column in columns if column[2] != CONTENT_BY_ENDING[ending]} == set()


def test_only_kinds_that_publishing_knows() -> None:
    assert {content for _, _, content in _columns()} == {"", "typed", *CONTENT_BY_ENDING.values()}
