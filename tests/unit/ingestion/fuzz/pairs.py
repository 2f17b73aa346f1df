"""Cells that show another value than they hold, and words that are nearly codes: drawn from any bytes.

The oracle reads what stands on the screen (`Format.seen`, which builds a format out of what it does) as a
person would, and knows nothing of the readers: a value that is taken without a word is the one that is seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from ingestion.contracts.model import Column
from tests.unit.ingestion.helpers import id_number
from tests.unit.ingestion.shown.formats import Format
from tests.unit.ingestion.shown.judged import catalog, checked, codes, judged, values
from tests.unit.ingestion.shown.writers import EVERY, Cell

CONTRACT = catalog()["destitute_support"]
HEADER = [
    *("特困证号", "乡镇", "行政村", "姓名", "身份证号", "供养方式", "护理等级", "保障起始月"),
    *("月保障金", "发放月份", "发放金额", "发放状态"),
]
NUMBER, WAY, MONTH, AMOUNT, STATUS = (
    HEADER.index(h) for h in ("特困证号", "供养方式", "发放月份", "发放金额", "发放状态")
)
KINDS = [kind for kind in EVERY if kind != "biff"]  # whose writer fills up with rows of its own
GOOD, ODD = 6, 3
_UNITS = {"": 1, "元": 1, "千元": 1000, "万": 10_000, "万元": 10_000}
_NOT = "不未没非无"
_CENT = Decimal("0.005")
Option = TypeVar("Option")


class Draw:
    """Choices read off bytes, one after another; the first of each where they end."""

    def __init__(self, data: bytes) -> None:
        self._left = iter(data)

    def below(self, limit: int) -> int:
        high, low = next(self._left, 0), next(self._left, 0)
        return (256 * high + low) % limit

    def of(self, options: Sequence[Option]) -> Option:
        return options[self.below(len(options))]


@dataclass(frozen=True)
class Row:
    """What is odd in one row."""

    number: Cell
    way: str
    month: Cell
    amount: Cell
    status: str


def drawn(draw: Draw) -> Row:
    number = Cell(str(1 + draw.below(60_000)), True, Format(zeros=draw.of([0, 6, 8, 12])))
    month = Cell(draw.of(["2019.12", "2019.1", "201912", "2019"]), True, Format(places=draw.of([2, 1, 0])))
    return Row(number, _word(draw, "support_kind"), month, _amount(draw), _word(draw, "payment_status"))


def _amount(draw: Draw) -> Cell:
    value = Decimal(draw.below(60_000)).scaleb(-draw.of([0, 1, 2])) * draw.of([1, 1, 10, 10_000])
    value *= draw.of([1, 1, 1, -1])
    scaled = draw.of([
        Format(), Format(places=2), Format(thousands=1), Format(thousands=1, places=1), Format(thousands=2),
        Format(point=1), Format(point=4), Format(thousands=1, point=1), Format(percent=True),
        Format(percent=True, places=2), Format(zeros=8),
    ])  # fmt: skip
    form = replace(scaled, escape=draw.of(["!", "\\", '"']), suffix=draw.of(list(_UNITS)))
    return Cell(format(value, "f"), True, form)


def _word(draw: Draw, name: str) -> str:
    """A spelling of a column's code, or that with a character more, less or another."""
    column = _column(name)
    word = draw.of([*column.codes, *column.code_aliases, "发放成功", "已退票", "退票后补发"])
    at, letter = draw.below(len(word) + 1), draw.of([*_NOT, "已", "后", "?", " ", "\u200b", "集", "退", "一"])
    return draw.of(
        [word, word, word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word + "/" + letter]
    )


def _column(name: str) -> Column:
    return next(column for column in CONTRACT.columns if column.name == name)


def written(rows: Sequence[Row]) -> list[list[Cell | str]]:
    """The sheet: good rows, and the odd ones below them."""
    sheet: list[list[Cell | str]] = [["徐闻县2019年12月特困人员救助供养金发放表"], [*HEADER]]
    for n in range(GOOD + len(rows)):
        good: list[Cell | str] = [f"TK{n:05d}", "下桥镇", "昌桥村", "林海生", id_number(n), "分散", "一档"]
        sheet.append([*good, "2018-01", "960", "2019-12", "960", "成功"])
    for line, row in zip(sheet[2 + GOOD :], rows, strict=True):
        line[NUMBER], line[WAY], line[MONTH] = row.number, row.way, row.month
        line[AMOUNT], line[STATUS] = row.amount, row.status
    return sheet


def examine_pairs(kind: str, data: bytes) -> str:
    """Write, read and judge the rows that `data` draws; returns what became of the file.

    Raises AssertionError for a value that was taken without a word and is not the one that is seen.
    """
    draw = Draw(data)
    rows = [drawn(draw) for _ in range(ODD)]
    file = EVERY[kind](written(rows))
    name = "2019年12月特困人员救助供养金发放表.xlsx"
    result, report = judged(file, name), checked(file, name)
    told = [cell for _, cell in codes(report)]
    asked = {problem.header for problem in report.problems if problem.code.endswith(("_ASKED", "_UNKNOWN"))}
    if result.batch is None:
        assert all(outcome.reason for outcome in report.outcomes)
        return "refused"
    columns = {
        at: values(result, name)[GOOD:]
        for at, name in (
            (NUMBER, "support_no"), (WAY, "support_kind"), (MONTH, "pay_month"),
            (AMOUNT, "amount_yuan"), (STATUS, "payment_status"),
        )
    }  # fmt: skip
    for n, row in enumerate(rows):
        wanted = {
            NUMBER: lambda taken, row=row: taken == row.number.format.exact(row.number.value),
            WAY: lambda taken, row=row: is_meant("support_kind", row.way, taken),
            MONTH: lambda taken, row=row: is_seen_month(row.month, taken),
            AMOUNT: lambda taken, row=row: is_seen_amount(row.amount, taken),
            STATUS: lambda taken, row=row: is_meant("payment_status", row.status, taken),
        }
        for at, is_right in wanted.items():
            taken = columns[at][n]
            if f"{'ABCDEFGHIJKL'[at]}{GOOD + n + 3}" in told or HEADER[at] in asked:
                continue
            assert taken is not None, f"{kind}: {HEADER[at]} of {row} is lost without a word"
            assert is_right(taken), f"{kind}: {HEADER[at]} of {row} is taken as {taken}"
    return "checked"


def seen_in(cell: Cell) -> str:
    """What stands on the screen of a number."""
    return cell.value if cell.format == Format() else cell.format.seen(cell.value)


def is_seen_amount(cell: Cell, taken: Decimal) -> bool:
    """Whether an amount in yuan is what stands on the screen, as far as its digits go."""
    seen = seen_in(cell)
    digits = re.sub(r"[^\d.-]", "", seen)
    unit = Decimal(_UNITS[cell.format.suffix]) / (100 if cell.format.percent else 1)
    last = Decimal(1).scaleb(-len(digits.partition(".")[2])) * unit
    return abs(taken - Decimal(digits) * unit) <= last / 2 + _CENT


def is_seen_month(cell: Cell, taken: date) -> bool:
    """Whether a month is the one that is seen; 2019.1 alone may be January or the October of its title."""
    seen = re.sub(r"(?<=\d{6})\.0+$", "", seen_in(cell))
    months = {"2019.12": [12], "2019.10": [10], "201912": [12], "2019.1": [1, 12]}.get(seen, [])
    return (taken.year, taken.month) in [(2019, month) for month in months]


def is_meant(name: str, word: str, taken: str) -> bool:
    """Whether a code is what its word says by the contract, and a denial is no assent."""
    column = _column(name)
    plain = "".join(c for c in unicodedata.normalize("NFKC", word) if c.isalnum() or c in "/?")
    known = {*column.codes, *column.code_aliases}
    if plain in known:
        return taken == column.code_aliases.get(plain, plain)
    if any(letter in plain for letter in _NOT) and taken not in ("失败",):
        return False
    return any(re.fullmatch(p.match, plain) and p.becomes == taken for p in column.code_patterns)
