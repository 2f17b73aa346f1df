"""A strict reader of Prometheus' text exposition format 0.0.4: it refuses whatever the format does not allow.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?Inf|NaN")
KINDS = frozenset({"counter", "gauge", "histogram", "summary", "untyped"})
_ESCAPES = {"\\": "\\", "n": "\n", '"': '"'}


class FormatError(ValueError):
    """The text is not of the format."""


@dataclass
class Metric:
    help: str
    kind: str
    samples: dict[frozenset[tuple[str, str]], float] = field(default_factory=dict)


def parse(text: str) -> dict[str, Metric]:
    """Name → metric. Every metric needs HELP and TYPE, once, before its samples, which stand together."""
    if not text.endswith("\n"):
        raise FormatError("the last line has no end")
    metrics: dict[str, Metric] = {}
    pending: tuple[str, str] | None = None
    current = ""
    for number, line in enumerate(text[:-1].split("\n"), 1):
        try:
            if line.startswith("# HELP "):
                name, _, said = line.removeprefix("# HELP ").partition(" ")
                _require(NAME.fullmatch(name) and name not in metrics and said.strip(), "HELP")
                pending = (name, _unescaped(said, quoted=False))
            elif line.startswith("# TYPE "):
                name, _, kind = line.removeprefix("# TYPE ").partition(" ")
                _require(pending is not None and pending[0] == name and kind in KINDS, "TYPE")
                assert pending is not None
                metrics[name] = Metric(pending[1], kind)
                pending, current = None, name
            else:
                _require(pending is None and not line.startswith("#"), "comment")
                name, labels, value = _sample(line)
                _require(name == current, "a sample of another metric")
                _require(labels not in metrics[name].samples, "the same labels twice")
                metrics[name].samples[labels] = value
        except FormatError as error:
            raise FormatError(f"line {number}: {error}: {line}") from error
    for name, metric in metrics.items():
        _require(bool(metric.samples), f"{name} has no sample")
    return metrics


def _sample(line: str) -> tuple[str, frozenset[tuple[str, str]], float]:
    named = NAME.match(line)
    _require(named is not None, "name")
    assert named is not None
    at, labels = named.end(), dict[str, str]()
    if line[at : at + 1] == "{":
        at += 1
        while True:
            label = LABEL.match(line, at)
            _require(label is not None, "label")
            assert label is not None
            _require(line[label.end() : label.end() + 2] == '="' and not label[0].startswith("__"), "label")
            end = _end_of_quote(line, label.end() + 2)
            _require(label[0] not in labels, "a label twice")
            labels[label[0]] = _unescaped(line[label.end() + 2 : end], quoted=True)
            at = end + 1
            if line[at : at + 1] == "}":
                at += 1
                break
            _require(line[at : at + 1] == ",", "separator")
            at += 1
    _require(line[at : at + 1] == " ", "space")
    value = line[at + 1 :]
    _require(NUMBER.fullmatch(value) is not None, "value")
    return named[0], frozenset(labels.items()), float(value)


def _end_of_quote(line: str, at: int) -> int:
    while at < len(line) and line[at] != '"':
        at += 2 if line[at] == "\\" else 1
    _require(at < len(line), "quote")
    return at


def _unescaped(text: str, *, quoted: bool) -> str:
    found, characters = [], iter(text)
    for each in characters:
        if each == "\\":
            escaped = next(characters, "")
            _require(escaped in _ESCAPES and (quoted or escaped != '"'), "escape")
            found.append(_ESCAPES[escaped])
        else:
            found.append(each)
    return "".join(found)


def _require(holds: object, what: str) -> None:
    if not holds:
        raise FormatError(what)
