"""What every office writes alike: national codes of sex, relation and marriage, numbers of documents."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from ingestion.contracts.limits import Frozen
from ingestion.contracts.yaml_file import read_yaml

Standard = Literal["sex", "relation", "marriage", "document_no"]
STANDARDS_FILE = Path(__file__).resolve().parent / "standard_codes.yml"


class CodePattern(Frozen):
    """A way of writing codes: what `match` fits as a whole is `becomes`, in which \\1 is its first group.

    Compared in capitals after NFKC, without white space, every dash as '-'.
    """

    match: str
    becomes: str

    @field_validator("match")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value!r} is no pattern: {error}") from error
        return value


class StandardCodes(Frozen):
    """One standard: its numbers with their words, what says that nothing is known, or its ways of writing."""

    codes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    nothing: tuple[str, ...] = ()
    patterns: tuple[CodePattern, ...] = ()

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
