"""Text whose cells stand between delimiters of two or three characters: "||", ", ", "|@|"."""

from __future__ import annotations

import re
from collections import Counter

from ingestion.readers.containers.decode import Utf8
from ingestion.readers.formats.dialect import Dialect, Head, head_of, sample_of, score

_RUN = re.compile(r"""[^\w"'“”‘’()（）\n\r-]{2,3}""")
_STANDS_FOR = ("\t", "\x1f", "\x1e")  # a delimiter of one character that the text does not hold
_LOOKED_AT = 20  # lines
_TRIED = 4


def with_short_delimiter(data: Utf8, best: Head, known: frozenset[str]) -> tuple[Utf8, str]:
    """(`data` with a delimiter of one character in its place, the delimiter) where it has a longer one.

    `best` is how the text reads with the delimiters of one character. Without a longer one that separates
    as many known headers, in rows as even, the answer is (`data`, '').
    """
    sample = sample_of(data)
    short = next((mark for mark in _STANDS_FOR if mark.encode() not in data), None)
    if short is None or b"\n" not in data:
        return data, ""
    for found in _candidates(sample, best):
        if b"\t" in data and found.strip("\t ") == "":
            continue
        head = head_of(_shortened(sample.encode(), found, short).decode(), Dialect(short), known)
        matched, even = score(head)[:2]
        if matched >= max(score(best)[0], 2) and even >= score(best)[1]:
            return _shortened(data, found, short), found
    return data, ""


def _candidates(sample: str, best: Head) -> list[str]:
    """Runs of signs that stand in the line of the header, the most frequent first."""
    lines = sample.split("\n")[:_LOOKED_AT]
    if best.header is not None:
        lines = [sample.split("\n")[best.lines[best.header.last] - 1]]
    counts = Counter(run for line in lines for run in _RUN.findall(line))
    return [run for run, count in counts.most_common(_TRIED) if count >= 2 or best.header is not None]


def _shortened(data: Utf8, delimiter: str, short: str) -> bytes:
    """Leaves what stands in quotes as it is."""
    mark = re.escape(delimiter.encode())
    if b'"' not in data:
        return bytes(data).replace(delimiter.encode(), short.encode())
    quoted = rb"(?:(?<=" + mark + rb')|(?<=\n)|^)"(?:[^"\n]|"")*"(?=' + mark + rb"|\r?\n|$)"
    return re.sub(
        quoted + b"|" + mark,
        lambda hit: hit[0] if hit[0].startswith(b'"') else short.encode(),
        bytes(data),
    )
