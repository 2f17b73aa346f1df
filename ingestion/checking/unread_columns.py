"""What a table holds and the contract does not know: told, so that no column is lost unheard."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

import pyarrow as pa

from ingestion.checking.batch import column_letter
from ingestion.contracts import Column
from ingestion.matching.feeds import MatchedTable
from ingestion.messages.problems import quoted
from ingestion.parsing import Setting, parser_for
from ingestion.readers import Table
from ingestion.text.headers import normalise_header
from ingestion.text.masking import shown_name

# Columns for whoever reads the sheet: no contract has a place for them.
_REMARKS = re.compile(r"^(备注|说明|签[名字章]|领款人|经办|指印|手印|盖章)|(签[名字章]|备注)$")
_LISTED = 5
_ALIKE = 0.5
_SAMPLE = 200  # rows
_Note = tuple[str, dict[str, str]]


def unread_notes(tables: Sequence[MatchedTable], notes: Sequence[_Note] = ()) -> list[_Note]:
    """Columns under unknown headers where columns of the contract are missing; cells under no header.

    `notes` is what the reader said: a row longer than the others is told there.
    """
    told = any(code == "ROWS_LONG" for code, _ in notes)
    found: list[_Note] = []
    for matched in tables:
        sheet = shown_name(matched.table.sheet) if len(tables) > 1 else ""
        pairs = list(_likely(matched))
        if pairs:
            unread, missing = zip(*pairs, strict=True)
            words = {"title": matched.contract.title, "sheet": sheet}
            words |= {"unread": _named(unread), "missing": _named(missing)}
            found.append(("COLUMNS_UNREAD", words))
        for name, text in matched.told.items():
            column = matched.contract.column(name)
            words = {"title": matched.contract.title, "sheet": sheet, "header": column.header}
            is_month = column.type == "year_month"
            words |= {"month": text} if is_month else {"value": shown_name(text)}
            found.append(("MONTH_TOLD" if is_month else "COLUMN_TOLD", words))
        found += [
            ("COLUMN_UNNAMED", {"sheet": sheet, **words}) for words in _unnamed(matched.table) if not told
        ]
    return found


def _likely(matched: MatchedTable) -> Iterator[tuple[str, str]]:
    """Unknown headers with the missing column that each may stand for; others are the sheet's own affair."""
    missing = [c for c in matched.contract.columns if c.name not in matched.positions]
    for position in matched.unknown:
        header = matched.table.header[position]
        if _REMARKS.search(normalise_header(header)):
            continue
        for column in missing:
            if _alike(header, column) or (
                set(header) & set(column.header) and _holds(matched, position, column)
            ):
                yield header, column.header


def _alike(header: str, column: Column) -> bool:
    return any(SequenceMatcher(None, header, known).ratio() >= _ALIKE for known in column.headers)


def _holds(matched: MatchedTable, position: int, column: Column) -> bool:
    """Whether the cells under an unknown header read as the dates or amounts of a column."""
    if column.type not in ("date", "money_yuan"):
        return False
    cells = matched.table.cells.iloc[:_SAMPLE, position]
    texts = pa.array([str(cell) for cell in cells if str(cell).strip()], pa.string())
    return bool(len(texts)) and not parser_for(column)(texts, Setting(column)).problems


def _named(headers: Sequence[str]) -> str:
    shown = list(dict.fromkeys(headers))
    return quoted(shown[:_LISTED]) + (f"等 {len(shown)} 列" if len(shown) > _LISTED else "")


def _unnamed(table: Table) -> list[dict[str, str]]:
    """Letter, count and first row of the cells in each column without a header; row numbers are none."""
    found = []
    for position in (at for at, header in enumerate(table.header) if not header):
        cells = table.cells.iloc[:, position].str.strip()
        rows = [at for at, cell in enumerate(cells) if cell]
        if rows and not all(str(cell).isdigit() for cell in cells.iloc[rows]):
            words = {"column": column_letter(table.first_column + position), "count": str(len(rows))}
            found.append(words | {"row": str(table.row_numbers[rows[0]])})
    return found
