"""Cell styles of OpenDocument: number formats as the codes that Excel has for them, struck text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingestion.readers.formats.number_formats import Shown, shown_by

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_FORMATS = frozenset(f"{_NUMBER}{kind}-style" for kind in ("number", "percentage", "currency"))
_CONDITION = re.compile(r"value\(\)\s*([<>=!]{1,2})\s*(-?\d+(?:\.\d+)?)")
_DEEPEST = 10  # parents of a style
_MOST_DIGITS = 20


@dataclass
class OdsStyles:
    """What the styles of a document say, by name; filled while the document is read from its top."""

    formats: dict[str, str] = field(default_factory=dict)
    _cells: dict[str, tuple[str, str, bool | None]] = field(default_factory=dict)  # format, parent, struck
    _shown: dict[str, Shown | None] = field(default_factory=dict)

    def take(self, node: Any) -> None:
        """Note a number format or a style; other elements are left alone."""
        name = node.get(f"{_STYLE}name", "")
        if node.tag in _FORMATS:
            self.formats[name] = "".join(_conditions(node, self.formats)) + _code(node)
        elif node.tag == f"{_STYLE}style" and node.get(f"{_STYLE}family") in ("table-cell", "text"):
            data, parent = (
                node.get(f"{_STYLE}data-style-name", ""),
                node.get(f"{_STYLE}parent-style-name", ""),
            )
            self._cells[name] = data, parent, _is_struck(node)

    def shown(self, style: str) -> Shown | None:
        """What the number format of a cell style shows that the number does not."""
        if style not in self._shown:
            codes = (self.formats.get(data, "") for data, _, _ in self._line(style) if data)
            code = next(codes, "")
            self._shown[style] = shown_by(code) if code else None
        return self._shown[style]

    def is_struck(self, style: str) -> bool:
        """Whether a cell style, or the style of a piece of text, strikes out."""
        return next((struck for _, _, struck in self._line(style) if struck is not None), False)

    def _line(self, style: str) -> Iterator[tuple[str, str, bool | None]]:
        for _ in range(_DEEPEST):
            found = self._cells.get(style)
            if found is None:
                return
            yield found
            style = found[1]


def _is_struck(node: Any) -> bool | None:
    for text in node.iterchildren(f"{_STYLE}text-properties"):
        for name in ("text-line-through-style", "text-line-through-type"):
            if said := text.get(f"{_STYLE}{name}"):
                return bool(said != "none")
    return None


def _conditions(node: Any, formats: dict[str, str]) -> Iterator[str]:
    for mapped in node.iterchildren(f"{_STYLE}map"):
        found = _CONDITION.match(mapped.get(f"{_STYLE}condition", ""))
        if found:
            sign = "<>" if found[1] == "!=" else found[1]
            yield f"[{sign}{found[2]}]{formats.get(mapped.get(f'{_STYLE}apply-style-name', ''), 'General')};"


def _code(node: Any) -> str:
    parts = []
    for child in node.iterchildren():
        if child.tag == f"{_NUMBER}text":
            parts.append(_literal(child.text or ""))
        elif child.tag == f"{_NUMBER}currency-symbol":
            parts.append(_literal(child.text or "¥"))
        elif child.tag == f"{_NUMBER}number":
            parts.append(_digits(child))
    return "".join(parts)


def _literal(text: str) -> str:
    return "%" if text == "%" else f'"{text}"' if text and '"' not in text else ""


def _digits(number: Any) -> str:
    whole = "0" * min(_count(number, "min-integer-digits"), _MOST_DIGITS)
    texts = {
        _count(part, "position"): part.text or "" for part in number.iterchildren(f"{_NUMBER}embedded-text")
    }
    whole = whole.rjust(max([1, *(at + 1 for at in texts if at < _MOST_DIGITS)]), "#")
    for at in sorted(texts):
        if 0 < at < len(whole.replace('"', "")) + 1:
            whole = _inserted(whole, at, _literal(texts[at]))
    if number.get(f"{_NUMBER}grouping") == "true" and not texts:
        whole = f"#,##{whole}" if len(whole) < 2 else whole
    places = min(_count(number, "decimal-places"), _MOST_DIGITS)
    factor = number.get(f"{_NUMBER}display-factor", "1")
    commas = "," * ((len(factor.partition(".")[0]) - 1) // 3) if factor.strip("0.") == "1" else ""
    return whole + ("." + "0" * places if places else "") + commas


def _inserted(whole: str, following: int, literal: str) -> str:
    """`literal` before the last `following` digits of an integer part."""
    seen, at = 0, len(whole)
    while at > 0 and seen < following:
        at -= 1
        seen += whole[at] in "0#"
    return whole[:at] + literal + whole[at:]


def _count(node: Any, name: str) -> int:
    value = node.get(f"{_NUMBER}{name}", "0")
    return int(value) if value.isdecimal() else 0
