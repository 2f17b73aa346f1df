"""Which department finds a workbook of rows that disagree in its folder, and when it goes away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import openpyxl
import pytest

from sanbao.night.cross_feed import NAME, give_cross_checks
from sanbao.settings import Settings

DAY, EARLIER = date(2019, 12, 31), date(2019, 11, 30)
TABLES = """
create schema mart;
create table mart.fct_figure (as_of date);
create table mart.fct_cross_file_problem (
    as_of date, department varchar, feed varchar, code varchar, file_name varchar, source_sheet varchar,
    source_row integer, town_name varchar, village_name varchar, header varchar, value_masked varchar,
    found_count integer, message varchar, remedy varchar
);
"""


def publish(settings: Settings, *rows: tuple[date, str, str, str]) -> None:
    """Rows are (as_of, department, feed, code)."""
    settings.serving_dir.mkdir(parents=True, exist_ok=True)
    settings.serving.unlink(missing_ok=True)
    with duckdb.connect(str(settings.serving)) as connection:
        connection.execute(TABLES)
        connection.executemany("insert into mart.fct_figure values (?)", [[EARLIER], [DAY]])
        for row in rows:
            connection.execute(
                "insert into mart.fct_cross_file_problem values (?, ?, ?, ?, '表.csv', '', 7, null, null,"
                " '列', '3', 2, '第 7 行的“列”不同。', '核对。')",
                list(row),
            )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, as_of=DAY)


SIZE = (DAY, "poverty_relief", "register_household", "HOUSEHOLD_SIZE")
PUPIL = (DAY, "education", "school_enrolment", "PUPIL_NOT_REGISTERED")


def listed(settings: Settings, department: str) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(settings.home / "returned" / department / NAME)
    return list(book.worksheets[1].iter_rows(min_row=2, values_only=True))


def test_a_department_gets_its_own_rows_of_the_latest_date(settings: Settings) -> None:
    publish(settings, SIZE, PUPIL, (EARLIER, "water", "water_quality_test", "WORKS_UNKNOWN"))
    assert give_cross_checks(settings) == ("education", "poverty_relief")
    (row,) = listed(settings, "education")
    assert (row[0], row[3], row[8]) == ("中小学生学籍信息表", 7, "第 7 行的“列”不同。")
    assert [row[0] for row in listed(settings, "poverty_relief")] == ["建档立卡贫困户信息表"]
    assert not (settings.home / "returned" / "water" / NAME).exists()


def test_it_stays_as_it_is_and_goes_when_everything_agrees(settings: Settings) -> None:
    publish(settings, SIZE)
    give_cross_checks(settings)
    path = settings.home / "returned" / "poverty_relief" / NAME
    before = path.stat().st_mtime_ns
    give_cross_checks(settings)
    assert path.stat().st_mtime_ns == before
    publish(settings)
    assert give_cross_checks(settings) == ()
    assert not path.exists()


def test_english_by_setting(settings: Settings) -> None:
    publish(settings, SIZE)
    give_cross_checks(replace(settings, lang="en"))
    (row,) = listed(settings, "poverty_relief")
    assert str(row[8]).startswith(
        "row 7: “家庭人口数” is “3”, and 建档立卡贫困人口信息表 of poverty_relief has 2"
    )
