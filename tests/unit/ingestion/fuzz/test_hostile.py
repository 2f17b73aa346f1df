"""Files made to do harm: what each is refused for, or how it is made harmless."""

from __future__ import annotations

import csv
import io
import struct
import time
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from ingestion.gate.assess import judge
from ingestion.lake.problem_table import problem_table
from ingestion.lake.result import File
from ingestion.pipeline.load import check_bytes
from ingestion.readers import Refusal, entries, read
from ingestion.readers.sandbox import try_out
from ingestion.returning.marked import marked_copy
from ingestion.returning.marked.formula_guard import is_formula_like
from ingestion.returning.marked.names import returned_name, sheet_names
from tests.unit.ingestion.fuzz.formats import SHEET, WRITERS, html, open_document, text, xlsx, xml_2003
from tests.unit.ingestion.fuzz.properties import CATALOG, KNOWN, NOON, check_reading, examine
from tests.unit.ingestion.helpers import Insured
from tests.unit.ingestion.readers.make import zipped

pytestmark = pytest.mark.slow

# What costs more than its size takes minutes; what does not, a second, however busy the machine.
_FAR_TOO_LONG = 60.0
ROWS = [[Insured.title, *[""] * 8], list(Insured.header), *Insured.rows(3)]
LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "＋1*2",
    "\n=1",
    '=HYPERLINK("http://x")',
]
# What turns the words around it, ends the line, or leads elsewhere.
ODD_NAME = "..\\..\\a/参\u202e保\u200b\x07\r\n<b>:440899198001010011.xls"


def unsafe(data: bytes) -> tuple[str, str]:
    found = entries(data)
    assert isinstance(found, Refusal), found
    return found.code, found.detail.get("reason", "")


def refused(data: bytes) -> tuple[str, str]:
    refusal = read(data, known_headers=KNOWN).refusal
    assert refusal is not None
    return refusal.code, refusal.detail.get("reason", "")


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A package with one part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    assert part in parts
    return zipped({**parts, part: change(parts[part])})


def entry(name: str, data: bytes = b"1", attributes: int = 0) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename, info.external_attr = name, attributes
        archive.writestr(info, data)
    return stream.getvalue()


def test_bombs_in_archives() -> None:
    small = zipped({f"{n}.csv": b"0" * (1 << 20) for n in range(60)})
    assert unsafe(small) == ("ARCHIVE_UNSAFE", "size")
    assert unsafe(zipped({f"{n}.zip": small for n in range(3)})) == ("ARCHIVE_UNSAFE", "size")
    only_leftovers = zipped({"__MACOSX/a": b"0" * (1 << 20)})
    assert unsafe(zipped({f"{n}.zip": only_leftovers for n in range(600)})) == ("ARCHIVE_UNSAFE", "count")
    nested = zipped({"a.csv": b"1"})
    for _ in range(30):
        nested = zipped({"r.zip": nested})
    assert unsafe(nested) == ("ARCHIVE_UNSAFE", "depth")


def test_an_archive_that_claims_to_hold_more_than_it_does() -> None:
    data = bytearray(zipped({"a.csv": b"0123456789" * 10}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 0xF0000000)
    started = time.monotonic()
    assert unsafe(bytes(data)) == ("ARCHIVE_UNSAFE", "ratio")
    assert time.monotonic() - started < _FAR_TOO_LONG


def overlapping(data: bytes) -> bytes:
    """Every entry of the directory made to point at the first entry's bytes."""
    spoiled, at = bytearray(data), data.find(b"PK\x01\x02")
    while at >= 0:
        spoiled[at + 42 : at + 46] = bytes(4)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(spoiled)


def test_entries_that_share_their_bytes() -> None:
    assert unsafe(overlapping(zipped({f"{n}.csv": b"1" for n in range(9)}))) == ("ARCHIVE_UNSAFE", "overlap")
    assert refused(overlapping(xlsx(ROWS))) == ("FILE_UNSAFE", "overlap")


@pytest.mark.parametrize(
    "name",
    [
        "../x.csv",
        "a/../../x",
        "/etc/x",
        "\\x.csv",
        "a\\..\\..\\x",
        "C:\\x.csv",
        "c:x.csv",
        "//server/x",
        "x\x00.csv",
    ],
)
def test_names_that_lead_out_of_the_archive(name: str) -> None:
    assert unsafe(entry(name)) == ("ARCHIVE_UNSAFE", "path")


def test_links_in_archives() -> None:
    assert unsafe(entry("x.csv", b"/etc/passwd", 0xA1FF << 16)) == ("ARCHIVE_UNSAFE", "path")


def test_names_in_archives_that_hide_what_they_are() -> None:
    report = check_bytes(entry("保\u202evsc.exe\r\n", WRITERS["csv"](ROWS)), "x\u202e.zip", CATALOG)
    (outcome,) = report.outcomes
    assert (outcome.file_name, outcome.container_name) == ("保vsc.exe ", "x.zip")
    assert outcome.rows_accepted == 3


@pytest.mark.parametrize("hidden", ["", f"<!--{'x' * 9000}-->", " " * 5000])
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_multiplying_entities_in_workbooks(part: str, hidden: str) -> None:
    bomb = changed(xlsx(ROWS), part, lambda xml: xml.replace(b"\n", f"{hidden}{LAUGHS}]>".encode(), 1))
    assert refused(bomb) == ("FILE_UNSAFE", "doctype")


def test_multiplying_entities_elsewhere() -> None:
    bomb = changed(
        open_document(ROWS),
        "content.xml",
        lambda xml: xml.replace(b"?>", f"?><!--{'x' * 9000}-->{LAUGHS}]>".encode(), 1),
    )
    assert refused(bomb) == ("FILE_UNSAFE", "doctype")
    page = xml_2003(ROWS).decode().replace("?>", f"?>{LAUGHS}]>", 1).replace("P1<", "&i;<")
    for encoding in ("utf-8", "utf-16"):
        assert refused(page.encode(encoding)) == ("FILE_UNSAFE", "doctype")
    late = page.replace("?><!DOCTYPE", f"?><!--{'x' * 9000}--><!DOCTYPE", 1).encode("utf-16")
    assert refused(late)[0] in ("FILE_UNSAFE", "FILE_UNREADABLE")


def test_entities_of_other_files(tmp_path: str) -> None:
    secret = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    page = xml_2003(ROWS).decode().replace("?>", f"?>{secret}", 1).replace("P1<", "&x;<")
    assert refused(page.encode()) == ("FILE_UNSAFE", "doctype")
    book = changed(xlsx(ROWS), "xl/sharedStrings.xml", lambda xml: xml.replace(b"\n", secret.encode(), 1))
    assert refused(book) == ("FILE_UNSAFE", "doctype")


def test_a_claimed_extent_is_not_laid_out() -> None:
    claimed = changed(
        xlsx(ROWS),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:I5"', b'ref="A1:XFD1048576"'),
    )
    assert examine(claimed).rows == 3


@pytest.mark.parametrize(
    "reference",
    [
        'r="XFD1048576"',
        'r="xfd1048576"',
        "r='XFD1048576'",
        'r\n=\t"XFD1048576"',
        'r="E99999999999999999999999"',
        'r="A900000"',
    ],
)
def test_a_cell_far_out_is_refused_however_it_is_written(reference: str) -> None:
    far = changed(
        xlsx(ROWS), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="E4"', reference.encode())
    )
    assert refused(far) == ("FILE_UNSAFE", "extent")


def test_a_cell_far_down_a_bare_stream() -> None:
    data = bytearray(WRITERS["biff"]([*ROWS, *Insured.rows(60)]))
    at = data.rindex(b"\xfd\x00\x0a\x00") + 4  # the last text cell: row, column
    data[at : at + 4] = struct.pack("<HH", 65_535, 255)
    assert refused(bytes(data)) == ("FILE_UNSAFE", "extent")


def test_a_long_line_below_the_header_is_not_left_out() -> None:
    row = ["P1", "文" * 300_000, *ROWS[2][2:]]
    (table,) = read(text([*ROWS[:2], row], delimiter=",", encoding="utf-8"), known_headers=KNOWN).tables
    assert table.cells.to_numpy().tolist() == [row]


def test_a_text_that_looks_like_a_far_cell_is_a_text() -> None:
    rows = [*ROWS[:2], ["P1", 'a r="XFD1048576" b', *ROWS[2][2:]]]
    inline = f'<row r="3"><c r="B3" t="inlineStr"><is><t>{rows[2][1]}</t></is></c></row></sheetData>'
    book = changed(
        xlsx(ROWS), "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</sheetData>", inline.encode())
    )
    assert read(book, known_headers=KNOWN).refusal is None


def test_a_binary_record_too_short_is_no_cell() -> None:
    sheet = "xl/worksheets/sheet1.bin"
    short = changed(
        WRITERS["xlsb"](ROWS),
        sheet,
        lambda records: records.replace(b"\x92\x01\x00", b"\x00\x00\x92\x01\x00"),
    )
    assert refused(short)[0] == "FILE_TRUNCATED"


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (b"x," * 500_000, "columns"),
        (",".join(Insured.header).encode() + b"\n" + b"1," * 500_000, "columns"),
        (html(ROWS).replace(b"<td>", b"<td colspan=16384 rowspan=900000>"), "extent"),
        (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=a0\r\n\r\n"
            + b"".join(
                b"--a%d\r\nContent-Type: multipart/mixed; boundary=a%d\r\n\r\n" % (n, n + 1)
                for n in range(2000)
            ),
            "depth",
        ),
    ],
    ids=["columns", "columns_below_a_header", "spans", "nesting"],
)
def test_texts_out_of_all_bounds(page: bytes, reason: str) -> None:
    started = time.monotonic()
    assert refused(page) == ("FILE_UNSAFE", reason)
    assert time.monotonic() - started < _FAR_TOO_LONG


@pytest.mark.parametrize("piece", ['"a"x,', '"a""', '"a,\n', '"', "'", '\\"', "合计,,1\n", "1 "])
def test_texts_that_make_a_careless_parser_slow(piece: str) -> None:
    data = (",".join(Insured.header) + "\n" + piece * 4000 + "\n").encode()
    started = time.monotonic()
    check_reading(read(data, known_headers=KNOWN))
    assert time.monotonic() - started < _FAR_TOO_LONG


@pytest.mark.slow
@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"x", id="alone"),
        pytest.param(",".join(Insured.header).encode() + b'\n"x', id="open_quote", marks=pytest.mark.long),
    ],
)
def test_one_line_of_200_megabytes(start: bytes) -> None:
    # The process may take 4 GB of address space, and no longer than any file.
    data = start + b"x" * 200_000_000
    assert try_out(data, "参保.csv", "health_insurance", "read").ended_by == ""


@pytest.mark.parametrize("kind", ["csv", "tab_xls", "xlsx", "xls", "html"])
def test_formulas_are_given_back_as_texts(kind: str) -> None:
    rows = Insured.rows(len(FORMULAS))
    for row, formula in zip(rows, FORMULAS, strict=True):
        row[0], row[5] = formula, "不知"
    data = WRITERS[kind]([*ROWS[:2], *rows])
    results = judge(File(data, "0" * 64, "参保", None, "0" * 64, "health_insurance", NOON), CATALOG, None)
    assert results[0].outcome.rows_held == len(FORMULAS)
    problems = problem_table(results[0].outcome, results[0].batch, results[0].file_problem)
    reading = read(data, known_headers=KNOWN)
    copy = marked_copy(data, reading, [], problems, file_name="=1.xls", received_at=NOON)
    if copy.suffix == ".csv":
        delimiter = "\t" if kind == "tab_xls" else ","
        cells = [
            c
            for line in csv.reader(io.StringIO(copy.data.decode("utf-8-sig")), delimiter=delimiter)
            for c in line
        ]
        assert not [cell for cell in cells if is_formula_like(cell)]
        assert any("cmd|" in cell for cell in cells)
        return
    book = openpyxl.load_workbook(io.BytesIO(copy.data))
    cells = [c for page in book.worksheets for line in page.iter_rows() for c in line if c.value is not None]
    assert any("cmd|" in str(c.value) for c in cells)
    assert not [c for c in cells if c.data_type == "f"]
    assert not [c for c in cells if c.hyperlink and not (c.hyperlink.location or "").startswith("'")]


def test_file_names_that_lead_elsewhere() -> None:
    name = returned_name(ODD_NAME)
    assert name == "参保_b_440899_.反馈"
    report = check_bytes(text(ROWS, delimiter=",", encoding="utf-8"), ODD_NAME, CATALOG)
    shown = report.outcomes[0].file_name
    assert not set(shown) & {"\u202e", "\u200b", "\x07", "\r", "\n"}
    assert "440899************" in shown


def test_sheet_names_that_lead_elsewhere() -> None:
    odd = "=cmd|'x'!A1\u202e/../[x]:*?"
    (given,) = sheet_names([odd])
    assert not set(given) & set("[]:*?/\\\u202e")
    named = changed(
        xlsx(ROWS),
        "xl/workbook.xml",
        lambda xml: xml.replace(SHEET.encode(), odd.replace("'", "&apos;").encode()),
    )
    report = check_bytes(named, "参保.xlsx", CATALOG)
    assert [o.rows_accepted for o in report.outcomes] == [3]
    assert not any("\u202e" in sheet for sheet in report.outcomes[0].sheets)
