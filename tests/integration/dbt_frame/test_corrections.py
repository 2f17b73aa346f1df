"""Corrections and withdrawals in the warehouse, seen at four moments."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import Home
from ingestion.lake.schema import WITHDRAWAL
from tests.integration.dbt_frame.warehouse import Warehouse
from tests.unit.ingestion.helpers import id_number, new_home
from tests.unit.ingestion.marked import CATALOG, FEEDBACK, NOON, drop, mark, spoiled, text

ALL = {f"P{n}": "正常" for n in range(1, 21)}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Day 0: P3 and P6 are held. Day 1: P3 is healed, P9 changed. Day 2: P9 once more. Day 3: withdrawn."""
    home: Home = new_home(tmp_path_factory.mktemp("corrections"))
    rows = spoiled()
    (first,) = drop(home, text(rows))
    rows[2][5], rows[8][5] = "正常", "参军"
    drop(home, text([rows[2], rows[8]], marks=[mark(first, 2), mark(first, 8)]), at=1)
    rows[8][5] = "服刑"
    (last,) = drop(home, text([rows[8]], marks=[mark(first, 8)]), at=2)
    gone = {"batch_id": last.batch_id, "feed": last.feed, "reason": "重复投递",
            "withdrawn_at": (NOON + timedelta(days=3)).replace(tzinfo=None)}  # fmt: skip
    path = home.lake / "withdrawal" / f"{last.batch_id}.parquet"
    pq.write_table(pa.Table.from_pylist([gone], schema=WITHDRAWAL), path)
    return Warehouse(Path(home.root))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "lacking", "ninth"),
    [(0.5, {"P3", "P6"}, "正常"), (1.5, {"P6"}, "参军"), (2.5, {"P6"}, "服刑"), (3.5, {"P6"}, "参军")],
    ids=["first", "corrected", "corrected again", "correction withdrawn"],
)
def test_each_row_stands_once_as_it_was_known(
    county: Warehouse, day: float, lacking: set[str], ninth: str
) -> None:
    known_by = (NOON + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S")
    county.run("+stg_insurance_enrolment", known_by=known_by)
    rows = county.rows("select insured_no, insurance_status from staging.stg_insurance_enrolment")
    expected = {number: "正常" for number in ALL if number not in lacking} | {"P9": ninth}
    assert len(rows) == len(expected)
    assert dict(rows) == expected


@pytest.mark.slow
def test_a_late_correction_of_an_old_file_does_not_beat_a_newer_version_of_the_event(
    tmp_path: Path,
) -> None:
    home: Home = new_home(tmp_path)
    rows = [_event(number, "100") for number in range(1, 21)]
    rows[3][_PLACE] = "不知"
    (first,) = drop(home, _events(rows), name="六月.csv")
    drop(home, _events([_event(4, "777")]), at=1, name="补报.csv")
    drop(home, _events([_event(4, "100")], marks=[mark(first, 3)]), at=2, name="六月.反馈.csv")
    county = Warehouse(Path(home.root))
    county.run("+stg_inpatient_settlement", known_by="")
    sql = "select total_yuan from staging.stg_inpatient_settlement where settlement_no = 'S4'"
    assert [int(yuan) for (yuan,) in county.rows(sql)] == [777]


_COLUMNS = [column for column in CATALOG["inpatient_settlement"].columns if column.required]
_PLACE = [column.type for column in _COLUMNS].index("code")


def _event(number: int, yuan: str) -> list[str]:
    plain = {"person_name": "陈文", "date": "2019-06-05", "money_yuan": "100", "yes_no": "是", "code": "县内"}
    cells = {c.name: plain.get(c.type, f"S{number}") for c in _COLUMNS}
    cells |= {c.name: id_number(number) for c in _COLUMNS if c.is_identity}
    return list((cells | {"total_yuan": yuan}).values())


def _events(rows: list[list[str]], marks: list[str] | None = None) -> bytes:
    header = [column.header for column in _COLUMNS]
    lines = [["徐闻县2019年6月住院医疗费用结算明细表"], [*header, *(FEEDBACK if marks else ())]]
    lines += [[*row, *((marks[n], "请改正") if marks else ())] for n, row in enumerate(rows)]
    return "\r\n".join(",".join(line) for line in lines).encode("utf-8-sig")
