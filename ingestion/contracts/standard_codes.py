"""The national codes of sex, relation and marriage, which every office's system may export as numbers."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from ingestion.contracts.yaml_file import read_yaml

Standard = Literal["sex", "relation", "marriage"]
STANDARDS_FILE = Path(__file__).resolve().parent / "standard_codes.yml"


class StandardCodes(BaseModel):
    """One standard: its numbers with their words, and what says that nothing is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: dict[str, tuple[str, ...]]
    nothing: tuple[str, ...]

    def spellings(self, own: Collection[str]) -> dict[str, str]:
        """Number or word → the code among `own` that it is; what is none of them is left out."""
        found: dict[str, str] = {}
        for number, words in self.codes.items():
            code = next((word for word in words if word in own), None)
            if code is None:
                continue
            for spelling in (number, number.lstrip("0"), *words):
                if spelling not in own:
                    found.setdefault(spelling, code)
        return found


@cache
def standard_codes(name: Standard) -> StandardCodes:
    """The standard called `name`."""
    return StandardCodes.model_validate(read_yaml(STANDARDS_FILE)[name])
