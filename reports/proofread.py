"""Proofreading of a report as it will be read: what in its text contradicts itself, is missing or mistyped.

Figures are compared with their members elsewhere (`sanbao contradictions`); here nothing is known but the
text. What is found is a hint for whoever edits it: the words are quoted and nothing is changed. What is
looked for stands in `proofreading.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml
from docx import Document
from docx.table import Table
from docx.text.paragraph import Paragraph

RULES = Path(__file__).with_name("proofreading.yml")
_HAN = "\u4e00-\u9fff"
_DIGITS = "一二三四五六七八九十"
_SENTENCE = re.compile(r"[^。！？；]+[。！？；]?")
_NUMBER = re.compile(rf"([{_HAN}]{{6,}}?)(?:共|约|总|为|达)?(\d+(?:\.\d+)?)(万?[个户人次元家村所天]|%)")
_QUOTED = 16  # characters around what is found
_SHORT = 4  # characters of a phrase that another one makes another phrase
_SAME_END = 5  # characters in common behind which two names are one thing or two


@dataclass(frozen=True)
class Finding:
    """One thing to look at: its kind, its line (from 1), the words there, and what they are held against."""

    code: str
    line: int
    quote: str
    detail: str = ""


Line = tuple[int, str]
Rule = Callable[[Sequence[Line], Sequence[str]], Iterator[Finding]]


def text_of(document: Path) -> list[str]:
    """The paragraphs and table rows of a Word document, in their order; raises what python-docx raises."""
    return [
        block.text
        if isinstance(block, Paragraph)
        else "\t".join(cell.text for row in block.rows for cell in row.cells)
        for block in Document(str(document)).iter_inner_content()
        if isinstance(block, Paragraph | Table)
    ]


def proofread(lines: Sequence[str], towns: Sequence[str]) -> list[Finding]:
    """All findings in the lines of a text, by line; `towns` are the names of the county's towns."""
    numbered = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    found = {finding for rule in _RULES for finding in rule(numbered, towns)}
    return sorted(found, key=lambda finding: (finding.line, finding.code, finding.quote))


def _slips(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    for phrase, pattern, right in _phrases():
        for number, line in lines:
            spans = [match.span() for match in right.finditer(line)]
            for match in pattern.finditer(line):
                if not any(start <= match.start() and match.end() <= end for start, end in spans):
                    yield Finding("SLIP", number, _around(line, match), phrase)


def _doubled(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    for number, line in lines:
        for match in re.finditer(r"([，。、；：！？,;:])\1+|[，、；：][，。、；：]|。[，、；：]", line):
            yield Finding("PUNCTUATION", number, _around(line, match), match[0])
        for pair in ("“”", "（）", "《》", "〔〕"):
            if line.count(pair[0]) != line.count(pair[1]):
                yield Finding("UNCLOSED", number, line[: 2 * _QUOTED], pair)


def _headings(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    """Numbered headings, and 一是, 二是 …: each number after the one before it."""
    tops = list(_numbered(lines, rf"^([{_DIGITS}]+)、"))
    if tops:
        there = {_value(numeral) for _, _, numeral in tops}
        number, line, _ = tops[-1]
        if missing := [_numeral(n) for n in range(1, max(there)) if n not in there]:
            yield Finding("HEADING_MISSING", number, line[:_QUOTED], "、".join(missing))
    for form in (rf"^（([{_DIGITS}]+)）", rf"(?<![第统同万专唯])([{_DIGITS}])是"):
        yield from _in_order(list(_numbered(lines, form)))


def _numbered(lines: Sequence[Line], form: str) -> Iterator[tuple[int, str, str]]:
    """(line, its text from there on, numeral) of every place of a form."""
    for number, line in lines:
        for match in re.finditer(form, line):
            yield number, line[match.start() :], match[1]


def _in_order(items: Sequence[tuple[int, str, str]]) -> Iterator[Finding]:
    """A series begins anew with 一; anything else has to follow the one before."""
    last = 0
    for number, line, numeral in items:
        value = _value(numeral)
        if value not in (1, last + 1):
            yield Finding("HEADING_MISSING", number, line[:_QUOTED], _numeral(last + 1))
        last = value


def _one_word(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    for words in _rules()["one_word"]:
        where = {word: next(((n, line) for n, line in lines if word in line), None) for word in words}
        if all(where.values()):
            number, line = max(place for place in where.values() if place)
            word = next(word for word in words if where[word] == (number, line))
            yield Finding("TWO_WORDS", number, _around(line, re.search(word, line)), "、".join(words))


def _alike_names(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    """Two names with one end and another beginning, as of one house by two hands."""
    named = {name: (number, sentence) for number, sentence, name in _names(lines)}
    for one, other in combinations(sorted(named, key=lambda name: named[name]), 2):
        end = _common_end(one, other)
        heads = one[: len(one) - end], other[: len(other) - end]
        levels = tuple(_rules()["names"]["levels"])
        if end >= _SAME_END and min(map(len, heads)) > 1 and not any(head.endswith(levels) for head in heads):
            number, sentence = named[other]
            yield Finding(
                "NAMES_ALIKE",
                number,
                _around(sentence, re.search(re.escape(other), sentence)),
                f"{one}、{other}",
            )


def _periods(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    """One thing said to have been done in two different times."""
    told: dict[str, tuple[str, int]] = {}
    for number, sentence, name in _names(lines):
        times = re.findall(
            r"\d{4}年(?:上半年|下半年|第[一二三四]季度|\d{1,2}月)?", sentence[: sentence.index(name)]
        )
        if not times:
            continue
        before = told.setdefault(name, (times[-1], number))
        if before[0] != times[-1] and before[1] != number:
            yield Finding("TWO_TIMES", number, name, f"{before[0]}、{times[-1]}")


def _lists(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    """Things that are listed and counted: as many as are said, and as many wherever they are listed."""
    counted: list[tuple[frozenset[str], int, int, str]] = []
    for number, line in lines:
        for match in re.finditer(rf"((?:“[^”]+”、?)+)(等?)([{_DIGITS}两\d]+)(?:个|家|种|类|项|所|处)", line):
            items, said = frozenset(re.findall(r"“([^”]+)”", match[1])), _value(match[3])
            if len(items) > said or (len(items) != said and not match[2]):
                yield Finding("LIST_COUNT", number, _around(line, match), f"{len(items)}、{said}")
            counted.append((items, said, number, match[0]))
        for match in re.finditer(
            rf"((?:[{_HAN}]{{1,6}}、)+[{_HAN}]{{1,6}}?)等([{_DIGITS}两\d]*)个?(?:乡镇|镇街|街道)", line
        ):
            yield from _towns_of(number, match, towns)
    for (items, said, _, first), (others, other, number, quote) in combinations(counted, 2):
        if items != others and (items < others or others < items) and said != other:
            yield Finding("LISTS_DIFFER", number, quote, first)


def _towns_of(number: int, match: re.Match[str], towns: Sequence[str]) -> Iterator[Finding]:
    items = match[1].split("、")
    # The first may have words before it.
    unknown = [item for item in items if not item.endswith(tuple(towns))]
    if len(unknown) < len(items) and unknown:
        yield Finding("TOWN_UNKNOWN", number, match[0], "、".join(unknown))


def _numbers(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    """The same words before another number of the same unit."""
    said: list[tuple[int, str, str, str]] = []
    for number, line in lines:
        for match in _NUMBER.finditer(line):
            words, value, unit = match.groups()
            if "该" in words:  # of whom the sentence before speaks
                continue
            for _, others, other, _ in (each for each in said if each[3] == unit):
                if other != value and (words.endswith(others) or others.endswith(words)):
                    yield Finding(
                        "NUMBERS_DIFFER", number, match[0][-2 * _QUOTED :], f"{other}、{value}{unit}"
                    )
            said.append((number, words, value, unit))


def _topics(lines: Sequence[Line], towns: Sequence[str]) -> Iterator[Finding]:
    text = "\n".join(line for _, line in lines)
    for topic in _rules()["topics"]:
        words, of_towns = topic["words"], topic.get("towns", False)
        # A table by town names most of them.
        is_there = (
            2 * sum(town in text for town in towns) > len(towns)
            if of_towns
            else any(word in text for word in words)
        )
        if not is_there:
            yield Finding("TOPIC_MISSING", lines[-1][0] if lines else 0, topic["topic"])


_RULES: tuple[Rule, ...] = (
    _slips, _doubled, _headings, _one_word, _alike_names, _periods, _lists, _numbers, _topics,
)  # fmt: skip


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = yaml.safe_load(RULES.read_text("utf-8"))
    return rules


@lru_cache(maxsize=1)
def _phrases() -> list[tuple[str, re.Pattern[str], re.Pattern[str]]]:
    """Each phrase, what looks like it, and what is right."""
    found = []
    for each in _rules()["phrases"]:
        slipped = "|".join(_slipped(each["phrase"], each.get("last", False)))
        right = "|".join(map(re.escape, [each["phrase"], *each.get("not", ())]))
        found.append((each["phrase"], re.compile(slipped), re.compile(right)))
    return found


def _slipped(phrase: str, last: bool) -> list[str]:
    """Patterns of a phrase with one slip: a character missing, two swapped, or (in a longer one) another.

    The first character is as it should be, and the last one unless `last` says that it, too, may be another.
    """
    n = len(phrase)
    missing = [phrase[:i] + phrase[i + 1 :] for i in range(1, n - 1)]
    swapped = [phrase[:i] + phrase[i + 1] + phrase[i] + phrase[i + 2 :] for i in range(n - 1)]
    others = range(1, n if last else n - 1) if n > _SHORT else ()
    patterns = [f"{re.escape(phrase[:i])}[{_HAN}]{re.escape(phrase[i + 1 :])}" for i in others]
    return [*map(re.escape, swapped), *map(re.escape, missing), *patterns]


def _names(lines: Sequence[Line]) -> Iterator[tuple[int, str, str]]:
    """(line, sentence, name) of places and houses that are named."""
    kinds = _rules()["names"]
    ends = "|".join(sorted(kinds["ends"], key=len, reverse=True))
    begins = re.compile("|".join(sorted(kinds["verbs"], key=len, reverse=True)))
    for number, line in lines:
        for sentence in _SENTENCE.findall(line):
            for match in re.finditer(rf"[{_HAN}]+?(?:{ends})", sentence):
                name = begins.split(match[0])[-1]
                if len(name) > _SAME_END:
                    yield number, sentence, name


def _common_end(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length] == other[-1 - length]:
        length += 1
    return length


def _around(line: str, match: re.Match[str] | None) -> str:
    if match is None:
        return line[: 2 * _QUOTED]
    return line[max(match.start() - _QUOTED // 2, 0) : match.end() + _QUOTED // 2]


def _value(numeral: str) -> int:
    """一 to 九十九, 两, or digits."""
    if numeral.isdecimal():
        return int(numeral)
    tens, ten, ones = numeral.replace("两", "二").rpartition("十")
    digit = {"": 0, **{word: value for value, word in enumerate(_DIGITS, start=1)}}
    return (digit[tens] or 1) * 10 * bool(ten) + digit[ones]


def _numeral(value: int) -> str:
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else _DIGITS[tens - 1]) + "十" * bool(tens) + (_DIGITS[ones - 1] if ones else "")
