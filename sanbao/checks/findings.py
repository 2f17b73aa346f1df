"""What a check found: a level, a sentence that names the file or value, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from foundation.language import Language
from sanbao.checks.texts import TEXTS
from sanbao.errors import SanbaoError, mask
from sanbao.words import text

Level = Literal["OK", "NOTE", "ERROR"]
LEVELS: tuple[Level, ...] = get_args(Level)
PAGE = "docs/runbooks.md"


@dataclass(frozen=True)
class Finding:
    """`area` is the check it came from, `anchor` a heading of the page of runbooks ('' where all is well)."""

    level: Level
    code: str
    area: str
    values: dict[str, object] = field(default_factory=dict)
    said: tuple[str, str] = ("", "")  # sentence and remedy of somebody else's words, where they are
    anchor: str = ""

    def sentence(self, lang: Language) -> str:
        return mask(self.said[0] or TEXTS[self.code].sentence(lang).format(**self.values))

    def remedy(self, lang: Language) -> str:
        return mask(self.said[1] or TEXTS[self.code].remedy(lang).format(**self.values))

    def record(self, lang: Language) -> dict[str, Any]:
        """For a program."""
        return {
            "level": self.level,
            "code": self.code,
            "area": self.area,
            "sentence": self.sentence(lang),
            "remedy": self.remedy(lang),
            "page": f"{PAGE}#{self.anchor}" if self.anchor else "",
        }


def found(level: Level, code: str, area: str, **values: object) -> Finding:
    """A finding in the words of `texts.py`."""
    return Finding(level, code, area, values, anchor="" if level == "OK" else TEXTS[code].anchor)


def of_error(error: SanbaoError, area: str, anchor: str, lang: Language) -> Finding:
    """What a step of a night would refuse with, found before the night."""
    return Finding("ERROR", error.code, area, said=(error.sentence(lang), error.remedy(lang)), anchor=anchor)


def area_title(area: str, lang: Language) -> str:
    return text(f"doctor.area.{area}", lang)


def shortened(findings: list[Finding], most: int) -> Iterator[tuple[Finding, int]]:
    """Every finding, and for the last that is shown of a kind how many more there are of it."""
    kinds: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        kinds.setdefault((finding.area, finding.code), []).append(finding)
    for kind in kinds.values():
        shown = kind[:most]
        for number, finding in enumerate(shown, 1):
            yield finding, len(kind) - most if number == most and len(kind) > most else 0
