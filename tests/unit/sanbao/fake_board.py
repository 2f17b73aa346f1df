"""A serving file with nothing but a delivery board, for tests of what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from sanbao.settings import Settings

AS_OF = date(2019, 12, 31)
TOWNS = {"440825001": "徐城街道", "440825102": "迈陈镇", "440825103": "海安镇"}
_TABLES = """
create schema mart; create schema meta;
create table meta.model_column (table_name varchar, column_name varchar, column_label varchar);
insert into meta.model_column values ('rpt_delivery_board', 'feed_title', '数据名称'),
    ('fct_delivery', 'file_name', '文件名'), ('fct_held_row', 'owner', '责任股室');
create table mart.fct_figure (as_of date, figure_id varchar, area_level varchar, numerator double);
create table mart.fct_figure_member (as_of date, figure_id varchar, town_code varchar, town_name varchar);
create table mart.rpt_delivery_board (as_of date, department varchar, department_name varchar, feed varchar,
    feed_title varchar, owner varchar, expected_period varchar, expected_period_en varchar, due_on date,
    arrival_state varchar, arrival_label varchar, arrival_label_en varchar, received_on date,
    days_late integer, version integer, rows_accepted bigint, rows_still_held bigint,
    missing_part_count integer, missing_parts varchar, newest_on date, is_stale boolean,
    refused_reason varchar, refused_reason_en varchar);
create table mart.fct_delivery (department varchar, department_name varchar, feed varchar, file_name varchar,
    as_of date, received_at timestamp, delivery_state varchar, version integer, rows_read integer,
    rows_accepted integer, rows_held integer, cells_held integer, rows_corrected integer,
    rows_still_held integer,
    is_in_force boolean, is_nil boolean, withdrawn_at timestamp, withdrawal_reason varchar, reason varchar,
    waived_at timestamp, waived_by varchar, waived_codes varchar, waiver_reason varchar,
    reason_en varchar, remedy varchar, remedy_en varchar);
create table mart.fct_override (as_of date, override_state varchar, is_in_force boolean);
create table mart.fct_held_row (as_of date, department varchar, department_name varchar, owner varchar,
    feed varchar, feed_title varchar, file_name varchar, source_sheet varchar, source_row integer,
    cell varchar, problem_code varchar, message varchar, remedy varchar, message_en varchar,
    remedy_en varchar, held_state varchar, held_on date);
"""


@dataclass
class FakeBoard:
    """Rows by table; what a row leaves out is as below."""

    home: Path
    as_of: date = AS_OF
    feeds: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    held: list[dict[str, Any]] = field(default_factory=list)
    overrides: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, today: date) -> Settings:
        settings = Settings(home=self.home, as_of=self.as_of, today=today)
        settings.serving.parent.mkdir(parents=True, exist_ok=True)
        settings.serving.unlink(missing_ok=True)
        connection = duckdb.connect(str(settings.serving))
        connection.execute(_TABLES)
        _insert(connection, "fct_figure", [{"as_of": self.as_of, "figure_id": "reg_hh"}])
        towns = [{"as_of": self.as_of, "town_code": code, "town_name": name} for code, name in TOWNS.items()]
        _insert(connection, "fct_figure_member", towns)
        feed = {"as_of": self.as_of, "department": "water", "department_name": "水务局",
                "feed": "water_quality_test", "feed_title": "水质表", "owner": "水质中心",
                "expected_period": "2019年第4季度", "expected_period_en": "2019 Q4",
                "due_on": date(2020, 1, 15), "arrival_state": "MISSING", "arrival_label": "未到",
                "arrival_label_en": "missing", "missing_part_count": 0, "rows_still_held": 0}  # fmt: skip
        _insert(connection, "rpt_delivery_board", [feed | row for row in self.feeds])
        _insert(connection, "fct_delivery", self.files)
        row = {"as_of": self.as_of, "department": "water", "department_name": "水务局", "owner": "水质中心",
               "feed": "water_quality_test", "feed_title": "水质表", "file_name": "水质.xlsx",
               "held_state": "OPEN", "held_on": date(2020, 1, 10)}  # fmt: skip
        _insert(connection, "fct_held_row", [row | own for own in self.held])
        by_hand = {"as_of": self.as_of, "override_state": "IN_FORCE", "is_in_force": True}
        _insert(connection, "fct_override", [by_hand | own for own in self.overrides])
        connection.close()
        return settings


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        sql = f"insert into mart.{table} ({names}) values ({marks})"
        connection.execute(sql, list(row.values()))
