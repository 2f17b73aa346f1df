"""One good file of each format, with a title, right and wrong rows and a totals row, to be spoiled."""

from __future__ import annotations

from tests.unit.ingestion.fuzz.formats import WRITERS
from tests.unit.ingestion.helpers import Insured
from tests.unit.ingestion.readers.formats.test_markup import PAGE, WORKBOOK
from tests.unit.ingestion.readers.formats.test_rare_formats import HEADER, cell, ods, row, xlsb
from tests.unit.ingestion.readers.make import HEADERS, ID, csv_text, xls, xlsx, zipped

_PEOPLE = [[n, "徐城", "村", f"H{n}", "张", "李", ID, ID] for n in range(30)]
_SHEET = [["徐闻县表"], HEADERS[:8], *_PEOPLE, ["合计", "", "", 1]]
_TEXT = csv_text([*_SHEET, ['"a,b"', 'x"y"']])


def insured(count: int = 24) -> list[list[str]]:
    """The insurance roll with a totals row; one row in six has something wrong."""
    rows = Insured.rows(count)
    for n in range(0, count, 6):
        rows[n][2 + n // 6 % 4] = ("440899198001010011", "不知", "二〇", "4.40899E+17")[n // 6 % 4]
    width = len(Insured.header)
    total = ["合计", *[""] * (width - 3), str(250 * count), ""]
    return [[Insured.title, *[""] * (width - 1)], list(Insured.header), *rows, total]


SEEDS: dict[str, list[bytes]] = {kind: [write(insured())] for kind, write in WRITERS.items()}
SEEDS["csv_gb18030"].append(_TEXT.encode("gb18030"))
SEEDS["csv_utf16"].append(_TEXT.encode("utf-16"))
SEEDS["xlsx"].append(xlsx(_SHEET, merges=["A1:D1", "B3:B6"]))
SEEDS["xls"].append(xls({"一": _SHEET, "二": _SHEET}, merges=[(0, 0, 0, 3)]))
SEEDS["xlsb"].append(xlsb([["姓名", "身份证号", "金额(元)"], ["张三", ID, 100.5]]))
SEEDS["ods"].append(
    ods(f"<table:table>{HEADER}{row(cell('徐城'), cell('张三'), cell(ID)) * 5}</table:table>")
)
SEEDS["html"].append(PAGE.encode("gb18030"))
SEEDS["xml2003"].append(WORKBOOK.encode())
SEEDS["zip"].append(zipped({"一/内.zip": zipped({"a.csv": SEEDS["csv"][0]}), "b.xlsx": SEEDS["xlsx"][0]}))
