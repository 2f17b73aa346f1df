"""What a department's sheet was called in other years: reviewed names per period, beside the contract.

A map widens the contract for files that speak for its period, and for no others.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Self

from pydantic import Field, model_validator

from ingestion.contracts.limits import Frozen
from ingestion.contracts.model import Column, Contract
from ingestion.text.headers import normalise_header


class MapPeriod(Frozen):
    """How the sheet of one period differs from the contract."""

    valid_from: date
    valid_to: date | None = None  # the last day; none: until further notice
    reviewed_by: str = Field(min_length=1)
    reviewed_on: date
    note: str = Field(min_length=1)  # what changed, and by which document
    columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # column → its headers in that period
    codes: dict[str, dict[str, str]] = Field(
        default_factory=dict
    )  # column → value in the sheet → code of the contract
    retired: dict[str, str] = Field(default_factory=dict)  # column that the sheet lacks → why

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.last < self.valid_from:
            raise ValueError(f"{self.name}: valid_to lies before valid_from")
        if not (self.columns or self.codes or self.retired):
            raise ValueError(f"{self.name}: says nothing about columns, codes or retired columns")
        if not all(reason.strip() for reason in self.retired.values()):
            raise ValueError(f"{self.name}: a retired column says why")
        if both := sorted(set(self.columns) & set(self.retired)):
            raise ValueError(f"{self.name}: {both} are both renamed and retired")
        return self

    @property
    def last(self) -> date:
        return self.valid_to or date.max

    @property
    def name(self) -> str:
        """How an outcome names the period: 2014-01-01/2018-12-31."""
        return f"{self.valid_from}/{self.valid_to or ''}"


class ColumnMap(Frozen):
    """`<feed>.columns.yml`: the periods in which a feed's sheet looked otherwise."""

    feed: str
    periods: tuple[MapPeriod, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        ordered = sorted(self.periods, key=lambda period: period.valid_from)
        for earlier, later in pairwise(ordered):
            if later.valid_from <= earlier.last:
                raise ValueError(f"{self.feed}: {earlier.name} and {later.name} overlap")
        return self


def mapped(contract: Contract, period: MapPeriod) -> Contract:
    """The contract for files of `period`; raises ValueError where the map does not fit it."""
    where = f"{contract.feed}, {period.name}"
    names = {column.name for column in contract.columns}
    if unknown := sorted({*period.columns, *period.codes, *period.retired} - names):
        raise ValueError(f"{where}: unknown columns {unknown}")
    _check_retired(contract, period, where)
    _check_headers(contract, period, where)
    columns = tuple(_mapped_column(column, period, where) for column in contract.columns)
    return contract.model_copy(update={"columns": columns})


def _mapped_column(column: Column, period: MapPeriod, where: str) -> Column:
    codes = period.codes.get(column.name, {})
    if wrong := sorted(set(codes.values()) - set(column.codes)):
        raise ValueError(f"{where}: {column.name} has no code {wrong}")
    return column.model_copy(
        update={
            "aliases": (*column.aliases, *period.columns.get(column.name, ())),
            "code_aliases": {**column.code_aliases, **codes},
            "required": column.required and column.name not in period.retired,
        }
    )


def _check_retired(contract: Contract, period: MapPeriod, where: str) -> None:
    for name in period.retired:
        column = contract.column(name)
        if not column.nullable or name in (*contract.key, *contract.period_by, *contract.part_by):
            raise ValueError(f"{where}: {name} cannot be retired, its cells may not be blank")


def _check_headers(contract: Contract, period: MapPeriod, where: str) -> None:
    """A header names one column: no other of the contract, and no other of the map."""
    owner = {normalise_header(h): column.name for column in contract.columns for h in column.headers}
    for name, headers in period.columns.items():
        for header in headers:
            known = owner.setdefault(normalise_header(header), name)
            if known != name:
                raise ValueError(f"{where}: the header {header!r} of {name} is that of {known}")
