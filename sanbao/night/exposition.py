"""Numbers as Prometheus reads them from a file: its text exposition format, version 0.0.4.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Labels = tuple[tuple[str, str], ...]


@dataclass
class Family:
    """One metric: its samples, each with labels of its own."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    samples: dict[Labels, float] = field(default_factory=dict)

    def add(self, value: float, **labels: str) -> None:
        """A sample; two with the same labels are a mistake of the caller's."""
        key = tuple(sorted(labels.items()))
        if key in self.samples:
            raise ValueError(f"{self.name}{dict(key)} is there already")
        self.samples[key] = float(value)


def exposition(families: Iterable[Family]) -> str:
    """The file's text; a metric without a sample is left out."""
    lines: list[str] = []
    for family in families:
        if not family.samples:
            continue
        lines.append(f"# HELP {family.name} {_escaped(family.help)}")
        lines.append(f"# TYPE {family.name} {family.kind}")
        for labels, value in family.samples.items():
            said = ",".join(f'{name}="{_quoted(text)}"' for name, text in labels)
            lines.append(f"{family.name}{'{' + said + '}' if said else ''} {_number(value)}")
    return "".join(line + "\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')


def _number(value: float) -> str:
    """Without an exponent where it is whole: a moment in seconds is read by people, too."""
    return str(int(value)) if value == int(value) else repr(value)
