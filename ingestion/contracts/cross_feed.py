"""Checks that look from one feed into another: evaluated in the warehouse, reported, never held.

A row counts as missing only where the other feed was delivered for what it is compared with, and no
held or unreadable row there could be the one.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator

from ingestion.contracts.limits import Frozen


class AcrossFiles(Frozen):
    """`column` is the cell that the message names; `other_column` what it leads to."""

    code: str
    column: str
    other_feed: str
    other_column: str
    severity: Literal["warning"] = "warning"

    @property
    def other_columns(self) -> tuple[str, ...]:
        """Every column of the other feed that the check reads."""
        return (self.other_column,)


class ExistsInCheck(AcrossFiles):
    """Each value of `column` is in `other_feed.other_column`, in any delivery that is in force.

    `when` restricts it to rows that hold one of `values`. `same_date` compares deliveries of one date
    only, `year`/`other_year` a date with the year of the other row. `name` and `other_name` tell whom
    a row is about where the other row has no readable key.
    """

    kind: Literal["exists_in"]
    when: str | None = None
    values: tuple[str, ...] = ()
    same_date: bool = False
    year: str | None = None
    other_year: str | None = None
    name: str | None = None
    other_name: str | None = None

    @model_validator(mode="after")
    def _in_pairs(self) -> Self:
        pairs = (self.when, self.values), (self.year, self.other_year), (self.name, self.other_name)
        if any(bool(one) != bool(two) for one, two in pairs):
            raise ValueError(f"{self.code}: when/values, year/other_year and name/other_name go together")
        if self.same_date and self.year:
            raise ValueError(f"{self.code}: same_date and year exclude each other")
        return self

    @property
    def other_columns(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.other_column, self.other_year, self.other_name)))


class CountsMatchCheck(AcrossFiles):
    """The number in `column` is that of the rows of the same date whose `other_column` is `key`.

    No row at all is a matter of `exists_in`.
    """

    kind: Literal["counts_match"]
    key: str


class KnownPlaceCheck(AcrossFiles):
    """`town_name` and `village_name` are a village of the county, as places are matched everywhere.

    A town that is none of the county's has its own message.
    """

    kind: Literal["known_place"]
    column: Literal["village_name"] = "village_name"
    town: Literal["town_name"] = "town_name"
    other_feed: Literal["village"] = "village"
    other_column: Literal["village_code"] = "village_code"


class CurrentNumberCheck(AcrossFiles):
    """No number of a person is one that the register has changed since: in any column of the row.

    The row is the person's all the same, where it can be told whose the old number is.
    """

    kind: Literal["current_number"]
    column: str = "id_number"
    other_feed: Literal["register_person"] = "register_person"
    other_column: Literal["id_number"] = "id_number"


CrossFileCheck = ExistsInCheck | CountsMatchCheck | KnownPlaceCheck | CurrentNumberCheck
