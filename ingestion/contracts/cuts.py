"""How a feed may come in files of one town each although none of its part columns names the town."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from ingestion.contracts.limits import Frozen


class Cut(Frozen):
    """What tells of which town a row is; a file that is of one town replaces the rows of that town alone."""

    by: tuple[str, ...] = ()  # columns whose value lies in one town: no two files have some of its rows each
    town_column: str | None = None  # the rows' own column with the town, where it may be blank
    place_feed: str | None = None  # the feed of the department whose rows name the town of `by`

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.by and not self.town_column:
            raise ValueError("a cut says by which columns, or in which column the town stands")
        if self.place_feed and len(self.by) != 1:
            raise ValueError("a place feed is asked for one column")
        return self
