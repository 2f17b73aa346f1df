"""What the warehouse says of files and held rows while they are corrected, replaced, refused, withdrawn."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.lake.schema import WITHDRAWAL
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.unit.ingestion.helpers import new_home
from tests.unit.ingestion.marked import NOON, drop, mark, spoiled, text

pytestmark = pytest.mark.slow
HAN = re.compile(r"[\u3400-\u9fff]")
# The title of the table, headers and values of the file, the agreed values.
NAMED = re.compile(r"基本医疗保险参保名册|“[^”]*”|(?<=one of these: )[^.]*")
FEED = "insurance_enrolment"
MODELS = ("+fct_delivery", "+fct_held_row", "+rpt_delivery_board", "+int_feed__caveat")
FILES = ("first", "copy", "second", "third")


@pytest.fixture(scope="module")
def roll(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, dict[str, str]]:
    """Day 0: P3 and P6 are held. Day 1: P3 comes back healed, P6 as it was. Day 2: a new file in which
    P9 is held. Day 3: a file that is refused. Day 4: the file of day 2 is withdrawn."""
    home = new_home(tmp_path_factory.mktemp("quarantine"))
    rows = spoiled()
    (first,) = drop(home, text(rows), name="first.csv")
    rows[2][5] = "正常"
    marks = [mark(first, 2), mark(first, 5)]
    (copy,) = drop(home, text([rows[2], rows[5]], marks=marks), at=1, name="copy.csv")
    (second,) = drop(home, text(spoiled(21, wrong=(8,))), at=2, name="second.csv")
    (third,) = drop(home, text(spoiled(22, wrong=range(22))), at=3, name="third.csv")
    assert [o.delivery_state for o in (first, copy, second, third)] == [
        "PARTIAL", "PARTIAL", "PARTIAL", "REFUSED",
    ]  # fmt: skip
    gone = {"batch_id": second.batch_id, "feed": FEED, "reason": "重复投递",
            "withdrawn_at": (NOON + timedelta(days=4)).replace(tzinfo=None)}  # fmt: skip
    path = home.lake / "withdrawal" / f"{second.batch_id}.parquet"
    pq.write_table(pa.Table.from_pylist([gone], schema=WITHDRAWAL), path)
    names = {o.batch_id: name for o, name in zip((first, copy, second, third), FILES, strict=True)}
    return Warehouse(Path(home.root)), names


def files(roll: tuple[Warehouse, dict[str, str]]) -> dict[str, tuple[Any, ...]]:
    """File → version, rows corrected, rows still held, whether it holds."""
    rows = roll[0].rows(
        "select batch_id, version, rows_corrected, rows_still_held, is_in_force from mart.fct_delivery"
    )
    return {roll[1][batch]: rest for batch, *rest in ((row[0], *row[1:]) for row in rows)}  # type: ignore[misc]


def held(roll: tuple[Warehouse, dict[str, str]]) -> list[tuple[Any, ...]]:
    """File, row, state, first held, corrected on."""
    rows = roll[0].rows(
        "select batch_id, source_row, held_state, strftime(held_on, '%m-%d'),"
        " strftime(corrected_on, '%m-%d'), owner, problem_code, age_days from mart.fct_held_row"
    )
    assert {(row[5], row[6]) for row in rows} == {("医保局参保股", "CODE_UNKNOWN")}
    assert all(row[7] >= 0 for row in rows)
    return sorted((roll[1][row[0]], *row[1:5]) for row in rows)


def board(roll: tuple[Warehouse, dict[str, str]]) -> tuple[Any, ...]:
    (row,) = roll[0].rows(
        "select arrival_label, version, rows_still_held, refused_reason is not null"
        f" from mart.rpt_delivery_board where feed = '{FEED}'"
    )
    return row


def caveats(roll: tuple[Warehouse, dict[str, str]]) -> list[tuple[Any, ...]]:
    return roll[0].rows(
        f"select caveat_code, caveat from intermediate.int_feed__caveat where feed = '{FEED}' order by 1"
    )


def as_known(roll: tuple[Warehouse, dict[str, str]], day: float) -> None:
    known_by = (NOON + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S")
    roll[0].run(*MODELS, known_by=known_by)


def test_a_row_that_comes_back_wrong_stays_one_open_item(roll: tuple[Warehouse, dict[str, str]]) -> None:
    as_known(roll, 1.5)
    found = files(roll)
    assert list(found["first"]) == [1, 1, 0, True]
    assert list(found["copy"]) == [1, 0, 1, True]
    assert list(found["second"]) == [None, 0, 0, False]
    assert held(roll) == [
        ("copy", 4, "OPEN", "01-02", None),
        ("first", 5, "CORRECTED", "01-02", "01-03"),
    ]
    assert board(roll) == ("部分", 1, 1, False)
    # the contract expects a part of employees as well, which never came
    assert caveats(roll) == [
        ("PART_MISSING", "《基本医疗保险参保名册》本期还缺 1 个部分：职工"),
        ("ROWS_HELD", "《基本医疗保险参保名册》有 1 行暂扣待改"),
    ]


def test_a_new_file_supersedes_and_a_refused_one_changes_nothing(
    roll: tuple[Warehouse, dict[str, str]],
) -> None:
    as_known(roll, 3.5)
    found = files(roll)
    assert list(found["first"]) == [1, 1, 0, False]
    assert list(found["second"]) == [2, 0, 1, True]
    assert list(found["third"]) == [None, 0, 0, False]
    assert held(roll) == [
        ("copy", 4, "SUPERSEDED", "01-02", None),
        ("first", 5, "CORRECTED", "01-02", "01-03"),
        ("second", 11, "OPEN", "01-04", None),
    ]
    assert board(roll) == ("部分", 2, 1, True)
    assert caveats(roll) == [
        (
            "NEWEST_REFUSED",
            "《基本医疗保险参保名册》2019年6月30日的新文件被退回，仍用2019年6月30日的数据",
        ),
        ("PART_MISSING", "《基本医疗保险参保名册》本期还缺 1 个部分：职工"),
        ("ROWS_HELD", "《基本医疗保险参保名册》有 1 行暂扣待改"),
    ]


def test_what_is_said_is_said_in_english_too(roll: tuple[Warehouse, dict[str, str]]) -> None:
    as_known(roll, 3.5)
    said = roll[0].rows(
        "select message, remedy, message_en, remedy_en from mart.fct_held_row"
        " union all select reason, remedy, reason_en, remedy_en from mart.fct_delivery"
        " where reason is not null"
        " union all select refused_reason, '请改', refused_reason_en, 'Correct'"
        f" from mart.rpt_delivery_board where feed = '{FEED}'"
        " union all select refused_reason, '请改', refused_reason_en, 'Correct'"
        f" from mart.fct_feed_arrival where feed = '{FEED}'"
    )
    assert len(said) > 5
    for *chinese, message, remedy in said:
        assert all(HAN.search(text) for text in chinese), chinese
        assert message and remedy
        assert not HAN.search(NAMED.sub("", message + remedy)), message + remedy
    known = roll[0].rows(
        f"select expected_period_en, arrival_label_en from mart.rpt_delivery_board where feed = '{FEED}'"
    )
    assert known == [("2019", "in part")]


def test_a_withdrawn_file_gives_back_what_it_had_replaced(roll: tuple[Warehouse, dict[str, str]]) -> None:
    as_known(roll, 4.5)
    found = files(roll)
    assert list(found["first"]) == [1, 1, 0, True]
    assert list(found["second"]) == [2, 0, 0, False]
    assert held(roll) == [
        ("copy", 4, "OPEN", "01-02", None),
        ("first", 5, "CORRECTED", "01-02", "01-03"),
        ("second", 11, "WITHDRAWN", "01-04", None),
    ]
    assert board(roll) == ("部分", 1, 1, True)
    reasons = roll[0].rows("select withdrawal_reason from mart.fct_delivery where withdrawn_at is not null")
    assert reasons == [("重复投递",)]


def test_an_old_copy_opens_no_row_that_a_newer_one_has_corrected(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """P3, P6 and P10 are held. One copy heals P3; another, made before, P6; a third is ruined by Excel."""
    home = new_home(tmp_path_factory.mktemp("old_copies"))
    rows = spoiled(wrong=(2, 5, 9))
    (first,) = drop(home, text(rows), name="first.csv")
    marks = [mark(first, n) if n in (2, 5, 9) else "" for n in range(20)]
    for at, healed in enumerate((2, 5), start=1):
        mended = [[*row[:5], "正常", *row[6:]] if n == healed else row for n, row in enumerate(rows)]
        drop(home, text(mended, marks=marks), at=at, name=f"{at}.csv")
    ruined = [[*row[:2], "4.40899E+17", *row[3:]] for row in rows]
    drop(home, text(ruined, marks=marks), at=3, name="3.csv")
    warehouse = Warehouse(Path(home.root))
    known_by = (NOON + timedelta(days=4)).strftime("%Y-%m-%d %H:%M:%S")
    warehouse.run(*MODELS, f"+stg_{FEED}", known_by=known_by)
    states = warehouse.rows("select held_state, count(*) from mart.fct_held_row group by 1 order by 1")
    assert states == [("CORRECTED", 2), ("KEPT", 17), ("OPEN", 1)]
    ((in_force,),) = warehouse.rows(f"select count(*) from staging.stg_{FEED}")
    ((still_held,),) = warehouse.rows("select sum(rows_still_held) from mart.fct_delivery")
    assert in_force + still_held == first.rows_read == 20
