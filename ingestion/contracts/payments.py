"""Which rows of a feed pay, which take a payment back, and whose payments belong together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from ingestion.contracts.limits import Frozen

# pays_again: paid anew after it came back, beside what stands. pays_nothing: it never arrived.
Effect = Literal["pays", "takes_back", "pays_again", "pays_nothing"]
YES = "是"


class Payments(Frozen):
    """Rows of a feed as payments of `amount` to `payee`; a negative amount always takes back.

    Within a period a row that takes back takes from what was paid to the same payee before.
    """

    amount: str  # the money that is summed
    payee: tuple[str, ...] = Field(min_length=1)  # who, and for what where that is several things
    paid_on: str | None = None  # none: in the order of the effects
    effects: dict[str, dict[str, Effect]] = Field(default_factory=dict)  # column → code (or 是) → effect

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that this speaks of."""
        return (self.amount, *self.payee, *([self.paid_on] if self.paid_on else []), *self.effects)

    def effect_of(self, texts: Mapping[str, str | None]) -> Effect:
        """What a row does, by its values as text (yes_no as 'true')."""
        for column, effects in self.effects.items():
            value = texts.get(column)
            if found := effects.get(YES if value == "true" else value or ""):
                return found
        return "takes_back" if (texts.get(self.amount) or "").startswith("-") else "pays"
