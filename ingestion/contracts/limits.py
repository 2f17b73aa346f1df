"""The limits beyond which a contract refuses a whole file."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A declaration: nothing changes it, and a key that nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Limits(Frozen):
    """When a file is not taken at all. All but the first compare it with the last good delivery."""

    max_held_share: float = Field(default=0.2, gt=0, le=1)  # of the rows
    shrink_limit: float = Field(default=0.8, gt=0, le=1)  # rows, as a share of those before
    key_loss_limit: float = Field(default=0.3, gt=0, le=1)  # share of the keys before that are gone
    town_floor: int = Field(default=20, ge=1)  # rows: a town that had as many does not vanish
    shift_limit: float = Field(default=0.4, gt=0, le=1)  # how far the shares of a column may move
    if_unchanged: Literal["refuse", "warn", "allow"] = "warn"  # the very rows of an earlier date again
    unchanged_floor: int = Field(default=50, ge=1)  # rows: a shorter list may well stay as it is


COMPARING = frozenset(Limits.model_fields) - {"max_held_share"}
