"""For each problem of a whole file: a file that has it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ingestion.contracts import Contract
from tests.unit.ingestion.problems.made import (
    ALLOWANCE,
    CATALOG,
    INSURED,
    OTHER_PEOPLE,
    OTHER_TABLE,
    VILLAGE,
    book,
    lines,
    saved,
    text,
    zipped,
)


@dataclass(frozen=True)
class Dropped:
    """A file, where it was put, and which other codes belong to it (the rows that refuse a file)."""

    data: bytes
    name: str = "12月.csv"
    department: str | None = None
    others: frozenset[str] = frozenset()


def _header(contract: Contract) -> list[str]:
    return [column.header for column in contract.columns]


def _ambiguous() -> bytes:
    """Two tables that know as many of its columns, and not a word about which of them it is."""
    one, two = CATALOG["death_notice"], CATALOG["disability_card"]
    headers = [c.header for contract in (one, two) for c in contract.columns]
    for header in [c.header for contract in (one, two) for c in contract.columns if not c.required]:
        known = [
            sum(header in c.headers for header in headers for c in contract.columns)
            for contract in (one, two)
        ]
        if known[0] == known[1]:
            break
        mine, other = (one, two) if known[0] > known[1] else (two, one)
        if header in _header(mine) and header not in _header(other):
            headers = [h for h in headers if h != header]
    return text([list(dict.fromkeys(headers)), ["1"] * len(set(headers))])


def _ragged(change: Callable[[list[str]], list[str]]) -> bytes:
    *rows, last = lines(INSURED)
    return text([*rows, change(last)])


def _hidden_rows() -> bytes:
    made = book(名册=lines(INSURED))
    made["名册"].row_dimensions[6].hidden = True
    return saved(made)


def _hidden_sheet() -> bytes:
    made = book(名册=lines(INSURED), 说明=[["填表说明"]])
    made["名册"].sheet_state = "hidden"
    return saved(made)


def _dates_from_1904() -> bytes:
    made = book(名册=lines(INSURED))
    made.epoch = CALENDAR_MAC_1904
    made["名册"].cell(6, _header(INSURED).index("缴费日期") + 1).value = 42_338
    return saved(made)


def _far_cell() -> bytes:
    made = book(名册=lines(INSURED))
    made["名册"].cell(1_048_576, 16_384).value = "x"
    return saved(made)


def _encrypted_entry() -> bytes:
    data = bytearray(zipped(**{"a.csv": b"1" * 1000}))
    for signature, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flag] |= 1
    return bytes(data)


_BROKEN_XML = (
    b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet></Table></Workbook>'
)
_rows = lines(INSURED)
_amount = _header(ALLOWANCE).index("发放金额")
_month = _header(ALLOWANCE).index("发放月份")
_town = _header(ALLOWANCE).index("乡镇")
_total = ["合计", *([""] * (_amount - 1)), "9999"]
_wrong = [{"insurance_status": "退休"}] * 6

WHOLE_FILES: dict[str, Callable[[], Dropped]] = {
    "FILE_UNREADABLE": lambda: Dropped(_BROKEN_XML, "12月.xls"),
    "FILE_FOREIGN": lambda: Dropped(b"%PDF-1.7\n" + b"1 0 obj\n" * 50, "12月.pdf"),
    "FILE_EMPTY": lambda: Dropped(b""),
    "FILE_TRUNCATED": lambda: Dropped(saved(book(名册=_rows))[:3000], "12月.xlsx"),
    "FILE_ENCRYPTED": lambda: Dropped(_encrypted_entry(), "12月.zip"),
    "FILE_UNSAFE": lambda: Dropped(_far_cell(), "12月.xlsx"),
    "ENCODING_BROKEN": lambda: Dropped(text(_rows) + b"\xff\xff\xfe,\x80\x80\r\n"),
    "ARCHIVE_EMPTY": lambda: Dropped(zipped(**{"a/": b""}), "12月.zip"),
    "ARCHIVE_UNSAFE": lambda: Dropped(zipped(**{"../a.csv": text(_rows)}), "12月.zip"),
    "ARCHIVE_UNSUPPORTED": lambda: Dropped(b"Rar!\x1a\x07\x00" + b"\x00" * 100, "12月.rar"),
    "NO_HEADER": lambda: Dropped(
        saved(book(表一=[["x"], ["姓名", "其他"], *([str(n), ""] for n in range(9))])), "12月.xlsx"
    ),
    "NO_FEED": lambda: Dropped(text(OTHER_TABLE)),
    "AMBIGUOUS_FEED": lambda: Dropped(_ambiguous()),
    "DATA_ABOVE_HEADER": lambda: Dropped(text([*_rows[:2], *_rows[3:6], _rows[2], *_rows[6:]])),
    "MISSING_COLUMN": lambda: Dropped(text([[*row[:2], *row[3:]] for row in _rows])),
    "HEADER_TWICE": lambda: Dropped(text([[*row, row[min(2, len(row) - 1)]] for row in _rows])),
    "COLUMNS_UNREAD": lambda: Dropped(text([["资助" if c == "资助标识" else c for c in r] for r in _rows])),
    "COLUMN_UNNAMED": lambda: Dropped(
        text([[*r, "", "已核" if n == 4 else ""] for n, r in enumerate(_rows)])
    ),
    "NIL_OF_WHAT": lambda: Dropped("本期无数据".encode(), "本期无数据.txt"),
    "TABLES_BESIDE": lambda: Dropped(text([*_rows[:2], *([*row, "", *row] for row in _rows[2:])])),
    "TWO_UNITS": lambda: Dropped(text(lines(ALLOWANCE, (), ALLOWANCE.title, "单位：元、万元"))),
    "WRONG_DEPARTMENT": lambda: Dropped(text(_rows), department="education"),
    "UNKNOWN_DEPARTMENT": lambda: Dropped(text(_rows), department="unknown"),
    "WRONG_COUNTY": lambda: Dropped(text([[f"雷州市{INSURED.title}"], *_rows[1:]])),
    "AS_OF_MISSING": lambda: Dropped(text(lines(VILLAGE, (), VILLAGE.title)), "名册.csv"),
    "AS_OF_FUTURE": lambda: Dropped(text([_rows[0], ["统计截止日期：2091年12月31日"], *_rows[2:]])),
    "NO_ROWS": lambda: Dropped(text(_rows[:3])),
    "NIL_RETURN": lambda: Dropped(text([*_rows[:3], ["本期无数据"]])),
    "TOO_MANY_HELD": lambda: Dropped(text(lines(INSURED, _wrong)), others=frozenset({"CODE_UNKNOWN"})),
    "CODE_SPELLING_UNKNOWN": lambda: Dropped(
        text(lines(INSURED, [{"insurance_status": "01"}] * 20)), others=frozenset()
    ),
    "CODE_SPELLING_ASKED": lambda: Dropped(
        text(lines(CATALOG["register_person"], [{"sex": "M"}] * 20)), others=frozenset()
    ),
    "CELLS_HELD": lambda: Dropped(
        text(lines(INSURED, [{"premium_yuan": "三百"}])), others=frozenset({"MONEY_FORM"})
    ),
    "ROWS_HELD": lambda: Dropped(text(lines(INSURED, _wrong[:1])), others=frozenset({"CODE_UNKNOWN"})),
    "ROWS_SHORT": lambda: Dropped(_ragged(lambda row: row[:-1])),
    "ROWS_LONG": lambda: Dropped(_ragged(lambda row: [*row, "多"])),
    "SHEET_WITHOUT_HEADER": lambda: Dropped(
        saved(book(名册=_rows, 数=[[str(n), str(n + 1)] for n in range(60)])), "12月.xlsx"
    ),
    "SHEET_IGNORED": lambda: Dropped(saved(book(名册=_rows, 人=OTHER_PEOPLE)), "12月.xlsx"),
    "MONTH_TOLD": lambda: Dropped(
        text([[*r[:_month], *r[_month + 1 :]] for r in lines(ALLOWANCE, (), f"2019年12月{ALLOWANCE.title}")])
    ),
    "COLUMN_TOLD": lambda: Dropped(
        text(
            [
                [*r[:_town], *r[_town + 1 :]]
                for r in lines(ALLOWANCE, (), f"2019年12月下桥镇{ALLOWANCE.title}")
            ]
        )
    ),
    "YEAR_TOLD": lambda: Dropped(
        text(lines(ALLOWANCE, [{"pay_month": "12月"}], f"2019年12月{ALLOWANCE.title}"))
    ),
    "AS_OF_DOUBTFUL": lambda: Dropped(text(_rows), "2019年11月参保.csv"),
    "STRAY_ID_IN_LABEL": lambda: Dropped(text(lines(INSURED)), "12月440899198001010011.csv"),
    "ROWS_HIDDEN": lambda: Dropped(_hidden_rows(), "12月.xlsx"),
    "SHEET_HIDDEN": lambda: Dropped(_hidden_sheet(), "12月.xlsx"),
    "DATES_FROM_1904": lambda: Dropped(_dates_from_1904(), "12月.xlsx"),
    "TOTALS_DISAGREE": lambda: Dropped(text([*lines(ALLOWANCE), _total])),
}
