"""Settings: every variable is listed, read in one place, and refused with a sentence."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sanbao.errors import SanbaoError
from sanbao.settings import (
    PROJECT_ROOT,
    VARIABLES,
    last_month_end,
    load_settings,
    parse_known_by,
    written_known_by,
)

# Given by one part of the product to another, never set by a person.
INTERNAL = {"SANBAO_WAREHOUSE", "SANBAO_LAKE"}


def _example() -> dict[str, str]:
    lines = (PROJECT_ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.removeprefix("#").split("=", 1) for line in lines if re.match("#?SANBAO_", line))


def test_example_lists_every_setting_with_its_default() -> None:
    assert {name: value for name, value in _example().items() if name in VARIABLES} == VARIABLES


def test_every_variable_of_the_product_is_in_the_example() -> None:
    folders = ("sanbao", "ingestion", "dashboards", "dags", "dbt_project", "scripts")
    files = [path for folder in folders for path in (PROJECT_ROOT / folder).rglob("*")]
    texts = [path.read_text("utf-8") for path in files if path.suffix in {".py", ".yml", ".sh"}]
    used = {name for text in texts for name in re.findall(r"\bSANBAO_[A-Z_]*[A-Z]\b", text)}
    assert used, "no file was read"
    assert used - INTERNAL <= set(_example())


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 1, 1, 3, tzinfo=UTC), date(2025, 12, 31)),
        (datetime(2026, 2, 28, 15, 59, tzinfo=UTC), date(2026, 1, 31)),
        (datetime(2026, 2, 28, 16, 0, tzinfo=UTC), date(2026, 2, 28)),  # already March in the county
    ],
)
def test_a_night_speaks_for_the_month_that_has_ended(now: datetime, expected: date) -> None:
    assert last_month_end(now) == expected


def test_the_variable_decides_the_date_over_the_sample(tmp_path: Path) -> None:
    (tmp_path / "sample.json").write_text('{"as_of": "2019-12-31"}')
    assert load_settings({"SANBAO_HOME": str(tmp_path)}).as_of == date(2019, 12, 31)
    given = {"SANBAO_HOME": str(tmp_path), "SANBAO_AS_OF": "2020-01-31"}
    assert load_settings(given).as_of == date(2020, 1, 31)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANBAO_WORKERS", "two"),
        ("SANBAO_NIGHT_DUE", "02:00"),  # as the night begins
        ("SANBAO_NIGHT_AT", "25:00"),
        ("SANBAO_NIGHT_AT", "02:00:30"),
        ("SANBAO_NIGHT_DUE", "six"),
        ("SANBAO_CLOSING_DAYS", "0"),
        ("SANBAO_CLOSING_USERS", "zhang="),
        ("SANBAO_WORKERS", "0"),
        ("SANBAO_AS_OF", "31.12.2019"),
        ("SANBAO_LANG", "fr"),
    ],
)
def test_an_unusable_value_names_the_variable(name: str, value: str) -> None:
    with pytest.raises(SanbaoError) as caught:
        load_settings({name: value})
    assert caught.value.code == "SETTING_INVALID"
    assert name in caught.value.sentence("zh")


def test_known_by_without_a_zone_is_the_countys_clock() -> None:
    ten = datetime(2020, 1, 10, 10, 0, tzinfo=UTC).replace(tzinfo=None)
    assert parse_known_by("2020-01-10T18:00") == parse_known_by("2020-01-10T10:00+00:00") == ten
    assert parse_known_by("") is None


def test_a_day_alone_is_that_day_to_its_end() -> None:
    """Who asks what was known on 12 January means what came on that day too."""
    day = parse_known_by("2020-01-12")
    assert day is not None
    assert parse_known_by("2020-01-12T23:59:59") < day < parse_known_by("2020-01-13T00:00")  # type: ignore[operator]


def test_who_signs_is_known_by_name_and_id() -> None:
    assert load_settings({}).closing_users == ()
    found = load_settings({"SANBAO_CLOSING_USERS": "li, zhang = 3,"}).closing_users
    assert found == (("li", "li"), ("zhang", "3"))


def test_a_moment_is_written_as_it_is_read() -> None:
    moment = datetime(2020, 1, 12, 0, 5, 6, 789)  # noqa: DTZ001
    assert written_known_by(moment) == "2020-01-12T08:05:06.000789"
    assert parse_known_by(written_known_by(moment)) == moment
