"""What is looked at after a night: figures and the truth, traces and the cells, what was left lying about."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import python_calamine

from benchmarks.months import truth
from benchmarks.months.departments import Departments
from benchmarks.months.truth import Fact
from foundation.locks import holders
from ingestion import Home
from ingestion.lake.archive import archived_bytes
from ingestion.lake.not_taken import not_taken
from sanbao.checks import leftovers
from sanbao.settings import Settings

_LOCKS = (".night.lock", "warehouse/.lock", "serving/.publish.lock", "archive/returns/.lock")
_HALF_WRITTEN = (".*.tmp", "*.tmp", ".*.restoring", ".backup-*", ".lookback-*", ".drill", ".repair", ".spill")
_SHEETS = (".xls", ".xlsx")
FILES_A_YEAR = 20
MORE, ENTRIES = 1.3, 1000  # the county itself grows, and ledgers of money go on from year to year


@contextmanager
def served(settings: Settings) -> Iterator[Any]:
    """The served file, read without a bar for who waits."""
    with closing(duckdb.connect(str(settings.serving), read_only=True)) as connection:
        connection.execute("set enable_progress_bar = false")
        yield connection


def wrong_figures(
    settings: Settings, day: date, facts: Mapping[str, Fact], seen: set[str], unseen: set[str]
) -> list[str]:
    """Figures that are not the truth; of feeds that are `seen` to lack something, those that do not say so.

    Of `unseen` feeds a wrong or a short file came, and nobody can know.
    """
    sql = "select figure_id, numerator, value, count_state, caveat_code from mart.fct_figure"
    sql += " where as_of = ? and area_level = 'county'"
    with served(settings) as connection:
        rows = {row[0]: row for row in connection.execute(sql, [day]).fetchall()}
    wrong = []
    for figure, fact in facts.items():
        if fact.feeds & unseen:
            continue
        _, numerator, value, state, caveat = rows.get(figure, (figure, None, None, "ABSENT", None))
        number = numerator if fact.column == "numerator" else value
        if number is not None and abs(float(number) - fact.number) < 0.005:
            continue
        if not (fact.feeds & seen and state != "COUNTED"):
            wrong.append(f"{day} {figure}: {number} ({state}, {caveat}), true is {fact.number}")
    return wrong


def wrong_states(settings: Settings, day: date, at: Departments, troubled: set[str]) -> list[str]:
    """States of persons and households that are not those of the truth, counted."""
    wanted: dict[tuple[str, str], dict[str, int]] = {}
    if not troubled & (truth.REGISTER | {"insurance_enrolment"}):
        wanted["fct_person_guarantee", "medical_state"] = truth.medical(at)
    if not troubled & (truth.REGISTER | truth.PAID):
        wanted["fct_household_guarantee", "safety_net_state"] = truth.safety_net(at)
    wrong = []
    with served(settings) as connection:
        for (table, column), expected in wanted.items():
            sql = f"select {column}, count(*) from mart.{table} where as_of = ? group by all"
            found = dict(connection.execute(sql, [day]).fetchall())
            if found != {state: count for state, count in expected.items() if count}:
                wrong.append(f"{day} {column}: {found}, true is {expected}")
    return wrong


def untraced(settings: Settings, day: date, dice: np.random.Generator, size: int) -> tuple[int, list[str]]:
    """Of a random sample of members of figures: how many were looked up, and which row does not name them."""
    sql = """
        select m.figure_id, m.member_key, d.sha256, d.file_name, m.source_sheet, m.source_row,
            h.register_household_no, h.head_name, p.person_name, p.register_person_no, m.village_name,
            case when d.department = 'water' then m.town_name end
        from mart.fct_figure_member m
        left join mart.dim_household h on h.household_id = m.household_id and h.as_of = m.as_of
        left join mart.dim_person p on p.person_key = m.person_key and p.as_of = m.as_of
        inner join (
            select distinct batch_id, sha256, file_name, department from mart.fct_delivery
        ) d on d.batch_id = m.source_batch_id
        where m.as_of = ? order by hash(m.figure_id || m.member_key || ?) limit ?
    """
    with served(settings) as connection:
        rows = connection.execute(sql, [day, str(dice.integers(1 << 30)), size]).fetchall()
    lost = []
    for figure, key, sha256, file_name, sheet, row, *names in rows:
        cells = _row_of(archived_bytes(Home(settings.home), sha256), Path(file_name).suffix, sheet, row)
        named = [_plain(name) for name in (*names, key) if name]
        if cells is None:
            lost.append(f"{figure}: no row {row} in {sha256[:12]}")
        elif cells and names != [None] * len(names) and not any(name in cells for name in named):
            lost.append(f"{figure}: row {row} of {sha256[:12]} names another")
    return len(rows), lost


def _row_of(data: bytes, suffix: str, sheet: str, row: int) -> str | None:
    """The text of one row, '' where the file is none that this reads; None where there is no such row."""
    if suffix in _SHEETS and data[:1] in (b"P", b"\xd0"):
        book = python_calamine.load_workbook(io.BytesIO(data))
        if sheet not in book.sheet_names:
            return None
        found = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return _plain("|".join(str(cell) for cell in found[row - 1])) if row <= len(found) else None
    if suffix == ".csv":
        text = data.decode("utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "gb18030")
        lines = text.splitlines()
        return _plain(lines[row - 1]) if row <= len(lines) else None
    return ""


def _plain(text: object) -> str:
    return "".join(str(text).split())


def left_over(settings: Settings) -> Iterator[str]:
    """What a night that has ended has no business to leave."""
    home = settings.home
    for pattern in _HALF_WRITTEN:
        yield from (f"left: {path.relative_to(home)}" for path in home.rglob(pattern))
    locks = [home / name for name in _LOCKS] + sorted((home / "archive" / "locks").glob("*.lock"))
    yield from (f"locked: {path.relative_to(home)}" for path, pids in holders(locks).items() if pids)
    for folder in ("archive/attempts", "inbox/.claimed"):
        yield from (f"left: {folder}" for path in (home / folder).rglob("*") if path.is_file())
    yield from (f"not taken: {left.department} {left.code}" for left in not_taken(Home(home)))
    waiting = [path for path in (home / "inbox").rglob("*") if path.is_file() and path.parts[-2][0] != "."]
    yield from (f"in the inbox: {path.relative_to(home)}" for path in waiting)
    for finding in leftovers.check(settings, datetime.now(UTC)):
        if finding.level != "OK":
            yield f"doctor: {finding.sentence('en')}"


def crowded(settings: Settings, years: int) -> tuple[int, list[str]]:
    """The most lake files that a table has for each year, and the tables that have more than they may."""
    counts = Counter(path.parent.name for path in settings.lake.glob("*/*.parquet") if path.name[0] != "_")
    most = max(counts.values(), default=0)
    return -(-most // years), [f"{name}: {n} files" for name, n in counts.items() if n > FILES_A_YEAR * years]


def lost_files(settings: Settings, dropped: int) -> list[str]:
    """Every file that was dropped has its line on the board."""
    with served(settings) as connection:
        (known,) = connection.execute("select count(distinct sha256) from mart.fct_delivery").fetchone()
        sql = "select count(*) from mart.fct_delivery where rows_read <> rows_accepted + rows_held"
        (uneven,) = connection.execute(sql).fetchone()
    said = [] if known == dropped else [f"{dropped} files were dropped, the board knows {known}"]
    return said + ([f"{uneven} files of which rows vanished"] if uneven else [])


def grown(first: Mapping[str, int], last: Mapping[str, int]) -> Iterator[str]:
    """Served tables that have more rows of one date than a county that has hardly grown accounts for."""
    for table, count in last.items():
        print(f"  {table}: {first[table]} rows of the first month's end, {count} of the last")
        if count > MORE * first[table] + ENTRIES:
            yield f"{table} grows: {first[table]} rows of a date at first, {count} in the end"


def rows_by_table(settings: Settings, day: date) -> dict[str, int]:
    """Rows of one date in each served table that has dates."""
    found = {}
    with served(settings) as connection:
        names = connection.execute(
            "select table_name, bool_or(column_name = 'as_of') from duckdb_columns()"
            " where schema_name = 'mart' group by 1 order by 1"
        ).fetchall()
        for name, dated in names:
            if dated:
                sql = f"select count(*) from mart.{name} where as_of = ?"
                (found[name],) = connection.execute(sql, [day]).fetchone()
    return found
