"""The same county as another county's offices would write it: `second_hand.yml`, read into file plans."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from sample_county.files.hand import Hand
from sample_county.files.plan import FilePlan

DESCRIPTION = Path(__file__).with_suffix(".yml")
# What an office may do besides, each by itself:
#   persons_by_town   the register's persons as a file a town, though their rows name none;
#   supplements       a term's payments in two files, the second with a few rows more;
#   unsigned_returns  returned payments and reversed bills without a minus: only the status says so.
HABITS = ("persons_by_town", "supplements", "unsigned_returns")
HOUSEHOLD_TOWN = "household_town"  # to cut a file by, where its rows have the household's number alone
_PLAN = TypeAdapter(FilePlan)


class _File(BaseModel):
    """One file of a feed: the fields of its plan, and what a habit makes of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: dict[str, Any]
    only_with: str = ""
    habits: dict[str, dict[str, Any]] = {}

    def with_habits(self, habits: frozenset[str]) -> dict[str, Any]:
        changed = [change for habit, change in self.habits.items() if habit in habits]
        return {name: value for fields in (self.plan, *changed) for name, value in fields.items()}


class _Feed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    hand: Hand
    files: tuple[_File, ...]


@cache
def _feeds() -> dict[str, _Feed]:
    return TypeAdapter(dict[str, _Feed]).validate_python(yaml.safe_load(DESCRIPTION.read_text("utf-8")))


def second_files(habits: frozenset[str] = frozenset()) -> Iterator[FilePlan]:
    """Every file of the second hand; a plan with `file_by` is still one, whatever its parts are."""
    for feed, described in _feeds().items():
        for file in described.files:
            if not file.only_with or file.only_with in habits:
                fields = {"feed": feed, "hand": described.hand, **file.with_habits(habits)}
                yield _PLAN.validate_python(fields)
