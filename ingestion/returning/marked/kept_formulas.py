"""Formulas that nobody ever computed stay in the marked copy: opened and saved in Excel, it has their values.

Only those that compute from cells of the workbook; whatever could lead out or run is left away.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token, TokenizerError

from ingestion.readers import Table

_CELLS = re.compile(
    r"^(?:(?:'(?P<marked>[^'\[\]|!]+)'|(?P<sheet>[^'\[\]|!]+))!)?"
    r"(?:\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3})$",
    re.I,
)
_FUNCTIONS = frozenset(
    {
        *("SUM", "SUMIF", "SUMIFS", "SUMPRODUCT", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "AVERAGE"),
        *("ROUND", "ROUNDUP", "ROUNDDOWN", "INT", "ABS", "MAX", "MIN", "MOD", "VALUE"),
        *("IF", "IFERROR", "IFNA", "AND", "OR", "NOT", "ISBLANK", "ISNUMBER", "ISERROR", "ISNA"),
        *("VLOOKUP", "HLOOKUP", "LOOKUP", "INDEX", "MATCH", "CHOOSE", "ROW", "COLUMN"),
        *("TEXT", "LEFT", "RIGHT", "MID", "LEN", "TRIM", "CONCATENATE", "SUBSTITUTE", "FIND", "UPPER"),
        *("DATE", "YEAR", "MONTH", "DAY", "DATEDIF", "EDATE", "EOMONTH", "DATEVALUE"),
    }
)
_OPERANDS = (Token.NUMBER, Token.TEXT, Token.LOGICAL)
_LONGEST = 1000


def keep_formulas(book: Any, formulas: Any, tables: Sequence[Table]) -> None:
    """Put the uncomputed formulas of `tables` from the workbook `formulas` into `book`, which has values."""
    for table in tables:
        if not table.uncomputed or table.sheet not in book.sheetnames:
            continue
        for cells in table.uncomputed:
            column = table.first_column + cells.column + 1
            for row in table.row_numbers[cells.rows].tolist():
                formula = formulas[table.sheet].cell(row, column).value
                if isinstance(formula, str) and is_harmless(formula, book.sheetnames):
                    book[table.sheet].cell(row, column).value = formula


def is_harmless(formula: str, sheets: Collection[str]) -> bool:
    """Whether a formula does nothing but compute from cells of its own workbook, which has these sheets.

    Any other name in front of a cell is that of a file or an address: it would be asked for.
    """
    if not formula.startswith("=") or len(formula) > _LONGEST:
        return False
    try:
        own = {sheet.casefold() for sheet in sheets}
        return all(_is_harmless(token, own) for token in Tokenizer(formula).items)
    except TokenizerError:
        return False


def _is_harmless(token: Token, sheets: Collection[str]) -> bool:
    if token.type == Token.FUNC and token.subtype == Token.OPEN:
        return token.value.rstrip("(").upper() in _FUNCTIONS
    if token.type == Token.OPERAND:
        if token.subtype in _OPERANDS:
            return True
        found = _CELLS.match(token.value)
        named = found and (found["marked"] or found["sheet"])
        return found is not None and (not named or named.casefold() in sheets)
    return bool(token.type != Token.ARRAY)
