"""Uglinesses that any format can carry: each is a layout of sheets and what must become of it.

`TEXTS`, `GRIDS` and so on name the formats that can show it; a format that cannot is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from tests.integration.ugly.sheets import Kit, Row, Sheet
from tests.integration.ugly.ugly import Expect
from tests.integration.ugly.writers import FORMATS, WORKBOOKS

EVERY = tuple(FORMATS)
GRIDS = (*WORKBOOKS, "zip")
NAMED_SHEETS = tuple(name for name in GRIDS if name not in ("html.xls", "mhtml.xls"))


@dataclass(frozen=True)
class Layout:
    """`feed` of None: the file is refused before it is known what it holds."""

    name: str
    kit: Kit
    sheets: Sequence[Sheet]
    expect: Sequence[Expect]
    formats: Collection[str] = EVERY


LAYOUTS: list[Layout] = []
Made = tuple[Kit, Sequence[Sheet], Sequence[Expect]]


def layout(*formats: str) -> Callable[[Callable[[], Made]], None]:
    """Register a layout under the name of its function."""

    def register(make: Callable[[], Made]) -> None:
        LAYOUTS.append(Layout(make.__name__, *make(), formats or EVERY))

    return register


def clean(kit: Kit, **more: object) -> Expect:
    """Every row lands as it is."""
    return replace(Expect(kit.feed, kit.typed()), **more)  # type: ignore[arg-type]


def refused(feed: str | None, reason: str, *said: str) -> Expect:
    return Expect(feed, state="REFUSED", reason=reason, said=said)


def partly(kit: Kit, wrong: Sequence[int], *problems: tuple[str, str], held: Sequence[str] = ()) -> Expect:
    """All rows land but those at `wrong`."""
    rows = [row for index, row in enumerate(kit.typed()) if index not in wrong]
    return Expect(kit.feed, rows, "PARTIAL", "ROWS_HELD", problems, held=held)


def totals_row(kit: Kit, label: str, rows: Sequence[Row], **more: float) -> Row:
    """A totals row over the money columns of the allowance; `more` replaces the sum of amounts."""
    row: Row = [None] * len(kit.header)
    row[0] = label
    for header in ("家庭保障人口", "月保障金", "发放金额"):
        at = kit.column(header)
        row[at] = sum(float(str(r[at])) for r in rows)
    row[kit.column("发放金额")] = more.get("amount", row[kit.column("发放金额")])
    return row
