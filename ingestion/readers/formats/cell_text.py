"""Cells of a workbook as the text a person sees, column by column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Excel keeps 15 significant digits: a number this long has lost some, and must not look whole.
UNSAFE_NUMBER = 1e15


def number_text(value: float) -> str:
    """Shortest text without '.0'; scientific from 1e15 on, where digits are already lost."""
    if abs(value) >= UNSAFE_NUMBER:
        return f"{value:.5E}" if value == value and abs(value) != float("inf") else ""
    if value == int(value):
        return str(int(value))
    text = repr(value)
    if len(text.replace(".", "").lstrip("-0")) > 15 or "e" in text:
        text = format(Decimal(f"{value:.15g}"), "f")
    return text


def cell_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return number_text(float(value)) if value == value else ""
    return _time_text(value)


def _time_text(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.isoformat("seconds")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    return "" if value is None else str(value)


def column_text(values: tuple[Any, ...]) -> Any:
    """One column of mixed Python values as text."""
    types = set(map(type, values))
    if types <= {str}:
        return pa.array(values, pa.large_string())
    if types <= {int, float}:
        return _numbers(values)
    # Most mixed columns repeat few values (codes, dates, blanks): render each one once. The type is
    # in the key because 1, 1.0 and True are equal.
    memory: dict[tuple[type, Any], str] = {}

    def render(value: Any) -> str:
        key = (type(value), value)
        text = memory.get(key)
        if text is None:
            text = memory[key] = cell_text(value)
        return text

    texts = [value if type(value) is str else render(value) for value in values]
    return pa.array(texts, pa.large_string())


def _numbers(values: tuple[Any, ...]) -> Any:
    numbers = np.array(values, dtype=np.float64)
    whole = (np.abs(numbers) < UNSAFE_NUMBER) & (numbers == np.floor(numbers))
    if whole.all():
        return pc.cast(pa.array(numbers.astype(np.int64)), pa.large_string())
    rendered = {value: cell_text(value) for value in set(values)}
    return pa.array([rendered[value] for value in values], pa.large_string())
