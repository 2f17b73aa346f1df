"""Mutated files of every format: no crash, no hang, no row both kept and skipped, none made up."""

from __future__ import annotations

import io
import random
import time
import zipfile
from typing import Any

import pytest

from ingestion.readers import Refusal, entries
from tests.unit.ingestion.readers.make import HEADERS, ID, csv_text, reading, xls, xlsx, zipped
from tests.unit.ingestion.readers.test_markup import PAGE, WORKBOOK
from tests.unit.ingestion.readers.test_rare_formats import HEADER, cell, ods, row, xlsb

PEOPLE: list[list[Any]] = [[n, "徐城", "村", f"H{n}", "张", "李", ID, ID] for n in range(30)]
ROWS: list[list[Any]] = [["徐闻县表"], HEADERS[:8], *PEOPLE, ["合计", "", "", 1]]
TEXT = csv_text([*ROWS, ['"a,b"', 'x"y"']])
FILES = {
    "csv": TEXT.encode("gb18030"),
    "utf8": TEXT.encode("utf-8-sig"),
    "utf16": TEXT.encode("utf-16"),
    "tsv": TEXT.replace(",", "\t").encode(),
    "xlsx": xlsx(ROWS, merges=["A1:D1", "B3:B6"]),
    "xls": xls({"一": ROWS, "二": ROWS}, merges=[(0, 0, 0, 3)]),
    "xlsb": xlsb([["姓名", "身份证号", "金额(元)"], ["张三", ID, 100.5]]),
    "ods": ods(f"<table:table>{HEADER}{row(cell('徐城'), cell('张三'), cell(ID)) * 5}</table:table>"),
    "html": PAGE.encode("gb18030"),
    "xml": WORKBOOK.encode(),
    "zip": zipped({"a.csv": TEXT.encode("gb18030"), "b.xlsx": xlsx(ROWS)}),
}
TOKENS = [b'"', b",", b"\n", b"\r", b"\x00", b"\xff" * 4, b"\x81", b"<", b">", b"'", b"\\", b"\xe4"]
NUMBERS = [b"\xff\xff\xff\x7f", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff"]


def mutate(data: bytes, dice: random.Random) -> bytes:
    spoiled = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 4, 16])):
        if not spoiled:
            break
        at, way = dice.randrange(len(spoiled)), dice.randrange(6)
        match way:
            case 0:
                spoiled[at] = dice.randrange(256)
            case 1:
                spoiled[at:at] = dice.choice(TOKENS)
            case 2:
                del spoiled[at : at + dice.choice([1, 2, 8, 100])]
            case 3:
                start = dice.randrange(len(spoiled))
                spoiled[at:at] = spoiled[start : start + dice.choice([4, 40, 400])]
            case 4:
                spoiled[at : at + 4] = dice.choice(NUMBERS)
            case _:
                del spoiled[at + 1 :]
    return bytes(spoiled)


def mutate_part(data: bytes, dice: random.Random) -> bytes:
    """Spoil one part inside a zipped workbook; a byte in the zip itself seldom gets past its checksum."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        chosen = dice.choice(source.namelist())
        for name in source.namelist():
            part = source.read(name)
            target.writestr(name, mutate(part, dice) if name == chosen else part)
    return stream.getvalue()


def look(data: bytes) -> None:
    found = entries(data)
    if isinstance(found, Refusal):
        return
    for _, content in found:
        result = reading(content)
        assert (result.refusal is None) == bool(result.tables)
        for table in result.tables:
            assert table.cells.shape == (len(table.row_numbers), len(table.header))
            rows = [*table.row_numbers.tolist(), *(skipped.row for skipped in table.skipped)]
            assert len(rows) == len(set(rows))
            assert not table.cells.isna().to_numpy().any()


def run(kind: str, count: int, seed: int) -> None:
    dice = random.Random(f"{seed}-{kind}")
    data = FILES[kind]
    zipped_kind = kind in ("xlsx", "xlsb", "ods")
    for _ in range(count):
        spoiled = mutate_part(data, dice) if zipped_kind and dice.random() < 0.7 else mutate(data, dice)
        started = time.monotonic()
        look(spoiled)
        assert time.monotonic() - started < 10


@pytest.mark.parametrize("kind", FILES)
def test_mutated_files(kind: str) -> None:
    run(kind, 40, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_thousands_of_mutated_files(kind: str) -> None:
    run(kind, 250, seed=2019)
