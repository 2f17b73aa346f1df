"""Figures as they stand in a sentence: the text of the number, and what a template may ask of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from reports.basis import Figure, plain

# What is printed in a draft where a number may not be printed.
WITHHELD = "【待核】"


class Number(str):
    """A figure's number in print: `{{ reg_hh }}`, `{{ dib_rate.all }}`, `{{ ind_park | 亿元 }}`."""

    figure: Figure

    def __new__(cls, figure: Figure) -> Number:
        number = super().__new__(cls, figure.printed or WITHHELD)
        number.figure = figure
        return number

    @property
    def all(self) -> bool:
        """Whether a rate may be called "all"."""
        return self.figure.is_all

    @property
    def positive(self) -> bool:
        return self.figure.value is not None and self.figure.value > 0


def hundred_millions(number: Number) -> str:
    """Yuan by the hundred million, of a figure in 万元."""
    if number.figure.unit != "万元":
        raise ValueError(f"{number.figure.figure_id} is in {number.figure.unit}, not in 万元")
    value = number.figure.value
    return WITHHELD if value is None or number == WITHHELD else plain(value / Decimal(10_000))


FILTERS: dict[str, Callable[[Number], str]] = {"亿元": hundred_millions}
