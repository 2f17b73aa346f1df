"""Arbitrary cells, written in every format, come back equal, or their row is named among the left out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.readers import Refusal, Table, entries, read
from tests.unit.ingestion.fuzz.formats import TEXTS, WRITERS
from tests.unit.ingestion.fuzz.properties import KNOWN, check_reading
from tests.unit.ingestion.helpers import Insured, id_number

pytestmark = pytest.mark.slow

WIDTH = len(Insured.header)
# What XML cannot hold; the text formats get it in the checker's tests.
_NO_XML = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF]))
_TELLING = [
    *(
        "",
        " ",
        "　",
        "\t",
        "\n",
        "甲\n乙",
        '"',
        '""',
        'x"y',
        "'",
        "'=1",
        ",",
        ";",
        "|",
        "a,b;c|d\te",
        "\\",
        '\\"',
    ),
    *(
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "＝1",
        "\t=1",
        '="0123"',
        '="a"b"',
        "-",
        "1e3",
        "0012",
    ),
    *(
        "合计",
        "小计",
        "注：一",
        "制表人：甲",
        "无",
        "序号",
        "姓名",
        "—",
        "2019/1/1",
        "43466",
        "4.40899E+17",
        "NaN",
    ),
    *(
        "\u202e甲",
        "\ufeff",
        "\u2028",
        "\x85",
        "\ue000",
        "𠮷",
        "e\u0301",
        "a" * 300,
        "_x000D_",
        "&amp;",
        "<b>",
        "]]>",
    ),
    *(id_number(1), "４４０８９９１９８００１０１００１Ｘ", "440899 19800101 0011", "#REF!", "#N/A", "TRUE"),
]
CELLS = st.sampled_from(_TELLING) | st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters=_NO_XML), max_size=12
)
ROWS = st.lists(st.lists(CELLS, min_size=WIDTH - 1, max_size=WIDTH - 1), min_size=1, max_size=5)
_SPACES = re.compile(r"[ \t\r\n\f]+")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _as_text(text: str) -> str:
    """A text file has one kind of line end, and ="0123" is how exporters write 0123."""
    return re.sub(r'\A="([^"]*)"\Z', r"\1", _lines(text))


def _unmarked(text: str) -> str:
    return text.removeprefix("\ufeff")


def _as_page(text: str) -> str:
    """A web page shows white space as one space, and none around a line."""
    pieces = [_SPACES.sub(" ", line).strip(" ") for line in _lines(text).split("\n")]
    return "\n".join(piece for piece in pieces if piece)


def normal_form(kind: str) -> Callable[[str], str]:
    if kind in TEXTS or kind == "zip":
        return _as_text
    if kind in ("html", "mhtml"):
        return _as_page
    if kind in ("ods", "xml2003"):
        return _lines
    # Excel keeps a line end as it is; calamine takes an invisible mark off the beginning of UTF-16.
    return _unmarked if kind in ("xls", "xlsb") else str


def table_of(kind: str, rows: list[list[str]]) -> Table | Refusal:
    data = WRITERS[kind](rows)
    found = entries(data)
    assert not isinstance(found, Refusal)
    reading = read(found[0][1], known_headers=KNOWN)
    check_reading(reading)
    if reading.refusal is not None:
        return reading.refusal
    assert len(reading.tables) == 1, [t.header for t in reading.tables]
    return reading.tables[0]


def check_round_trip(kind: str, cells: list[list[str]]) -> None:
    rows = [[f"P{n}", *row] for n, row in enumerate(cells)]
    table = table_of(kind, [list(Insured.header), *rows])
    assert not isinstance(table, Refusal), table
    form = normal_form(kind)
    expected = {row[0]: [form(cell) for cell in row] for row in rows}
    found = table.cells.to_numpy().tolist()
    for row in found:
        assert row[:WIDTH] == expected.pop(row[0])
        assert not any(row[WIDTH:])
    left_out = [skipped for skipped in table.skipped if skipped.row > table.header_row]
    assert len(left_out) == len(expected), "rows vanished"
    assert {skipped.text.split(" ")[0] for skipped in left_out} == set(expected)


@pytest.mark.parametrize("kind", WRITERS)
def test_cells_come_back(kind: str) -> None:
    settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))(
        given(ROWS)(lambda cells: check_round_trip(kind, cells))
    )()


@pytest.mark.slow
@pytest.mark.parametrize("kind", WRITERS)
def test_thousands_of_cells_come_back(kind: str) -> None:
    settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))(
        given(ROWS)(lambda cells: check_round_trip(kind, cells))
    )()
