"""Text, names of people, codes and yes/no."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.contracts import Column
from ingestion.contracts.county import County, load_county
from ingestion.contracts.standard_codes import CodePattern
from ingestion.parsing.base import (
    BLANK_TEXTS,
    Mask,
    Parsed,
    Setting,
    cleaned,
    compatible,
    mask,
    select,
    trimmed,
)

# Ticks as people draw them, and as the letters that Wingdings shows as one (upper case).
TICKS = ("√", "✓", "✔", "☑", "✅", "∨", "V", "Ü", "Þ", "对勾", "打勾", "勾", "打√")
CROSSES = ("×", "✗", "✘", "✕", "✖", "╳", "☒", "❌", "Û", "Ý", "叉", "打叉", "打×")
YES = ("是", "有", "对", *TICKS, "Y", "YES", "T", "TRUE", "1", "1.0", "已")
NO = ("否", "无", "错", *CROSSES, "X", "N", "NO", "F", "FALSE", "0", "0.0", "未", "没有", "不是")
# What says yes or no of a code that is the answer to a question; a number may be a code of its own.
_PLAIN_YES = frozenset({"是", "有", "对", *TICKS, "Y", "YES"})
_PLAIN_NO = frozenset({"否", "无", "错", *CROSSES, "N", "NO", "没有", "不是"})
# A form's two answers, of which one is ticked: ☑是 □否.
_OF_TWO = re.compile(r"^([□☐○]|[√✓✔☑■])?[是有]\s*[/、]?\s*([□☐○]|[√✓✔☑■])?[否无]([√✓✔☑■])?$")
# Whatever in a header only asks: what is left is the column's own word (是否脱贫 → 脱贫).
_ASKING = re.compile(r"^(是否|有无)|(政策)?(标识|标志|情况|状态)$")
_SAID = re.compile(r"^(已|未|没有?|尚未)(.{1,12})$")
_NOTED = re.compile(r"^(是|否|有|无)\((.{1,20})\)$")
DATE_NOTE = r"[12][0-9]{3}[0-9年度月日./-]*"  # beside a code or an answer it changes nothing
_DATED = re.compile(DATE_NOTE)
_DOUBT = frozenset("是否有无待疑未不没误非错?")
_CJK = r"\p{Han}"
_DOTS = "[•・‧∙●⋅﹒．.。･]"
_SCIENTIFIC = r"^[0-9](\.[0-9]+)?[Ee]\+[0-9]{2,3}$"  # what Excel makes of a long number
_DAMAGED = r"[\x{fffd}□?？\x{e000}-\x{f8ff}]"

# A code that was written a little differently: with a unit behind it, or its number in other signs.
#
# Nothing here knows what a code means. A text is only ever led to the one code that it can be; where
# two are possible it stays unknown, and the row is held.

# What stands behind a code and adds nothing: A类, 1级, 低保户, 二档.
_UNITS = "户类级档"
_NUMBERS = str.maketrans("123456789壹贰叁肆伍陆柒捌玖", "一二三四五六七八九" * 2)
_LONE_NUMBER = re.compile(r"(?<![0-9])[1-9](?![0-9])|[壹贰叁肆伍陆柒捌玖]")
_ROMAN = re.compile(rf"^(I{{1,3}}|IV)([{_UNITS}]?)$")
_ROMAN_NUMBERS = {"I": "一", "II": "二", "III": "三", "IV": "四"}
_CLASS = re.compile(r"^(.+?)\(?(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})\)?班$")  # 七年级(1)班
_DASHES = re.compile("[‐‑‒–—―−─~〜]+")
_DATED_CODE = re.compile(rf"^(.+)\({DATE_NOTE}\)$")


def parse_text(texts: pa.Array, setting: Setting) -> Parsed:
    """Text as it stands, trimmed; full-width letters and digits become plain when nothing else is in it.

    A number whose digits Excel has dropped is no text: it would be the same for many people.
    """
    text = trimmed(texts)
    blank = mask(pc.or_(pc.equal(text, ""), pc.is_in(text, pa.array(BLANK_TEXTS))))
    plain = compatible(text)
    wide = mask(pc.and_(pc.string_is_ascii(plain), pc.not_equal(plain, text)))
    values = pc.if_else(pa.array(wide), trimmed(plain), text)
    cut = mask(pc.match_substring_regex(plain, _SCIENTIFIC))
    return Parsed(
        select(values, ~blank & ~cut),
        {"NUMBER_SCIENTIFIC": cut} if cut.any() else {},
        {"full_width": wide} if wide.any() else {},
        blank,
    )


def parse_name(texts: pa.Array, setting: Setting) -> Parsed:
    """A person's name: inner spaces between Han characters gone, one kind of middle dot."""
    text, blank = cleaned(texts)
    values = text
    parted = pc.match_substring_regex(text, rf"\s|{_DOTS}")
    if pc.any(parted).as_py():  # few names are, and the rest need no second look
        values = pc.replace_with_mask(text, parted, _joined_name(text.filter(parted)))
    damaged = mask(pc.match_substring_regex(values, _DAMAGED)) & ~blank
    digit = mask(pc.match_substring_regex(values, "[0-9]")) & ~blank & ~damaged
    changed = mask(pc.not_equal(values, texts)) & ~blank
    problems = {"NAME_DAMAGED": damaged, "NAME_HAS_DIGIT": digit}
    return Parsed(
        select(values, ~blank),
        {code: part for code, part in problems.items() if part.any()},
        {"name_form": changed} if changed.any() else {},
        blank,
    )


def _joined_name(values: pa.Array) -> pa.Array:
    for _ in range(2):  # matches share their neighbours, so one pass leaves every second space
        values = pc.replace_substring_regex(values, rf"({_CJK})\s+({_CJK})", r"\1\2")
    return pc.replace_substring_regex(values, rf"({_CJK})\s*{_DOTS}\s*({_CJK})", r"\1·\2")


def parse_code(texts: pa.Array, setting: Setting) -> Parsed:
    """One of the contract's codes, or an alias of one; letter case and width do not matter."""
    text, blank = cleaned(texts)
    upper = pc.utf8_upper(text)
    if setting.column.says_nothing:
        blank |= mask(pc.is_in(upper, pa.array(list(map(_folded, setting.column.says_nothing)))))
    codes = {_folded(code): code for code in setting.column.codes}
    aliases = {_folded(alias): code for alias, code in setting.column.spellings.items()}
    names = {**_answers(setting.column), **aliases, **codes}
    unread = upper.filter(pc.invert(pc.is_in(upper, pa.array(list(names))))).unique().drop_null()
    patterns = setting.column.patterns
    loose = {
        odd: code
        for odd in unread.to_pylist()
        if (code := _by_pattern(odd, patterns) or loose_code(odd, names))
    }
    values = _mapped(upper, {**loose, **names})
    known = mask(values.is_valid()) & ~blank
    changed = known & ~mask(pc.equal(values, texts))
    unknown = ~known & ~blank
    problems = {"CODE_UNKNOWN": unknown} if unknown.any() else {}
    repairs = {"code_alias": changed} if changed.any() else {}
    if setting.column.if_no and blank.any() and mask(pc.is_in(upper, pa.array(TICKS))).any():
        unticked = _unticked(upper, blank, unknown)
        if unticked is None:  # √ for some, 否 for others: what is neither is not said
            problems["BLANK_REQUIRED"] = blank.copy()
        else:
            values = pc.if_else(pa.array(unticked), setting.column.if_no, values)
            repairs["blank_as_no"] = unticked
            known, blank = known | unticked, np.zeros(len(blank), np.bool_)
    return Parsed(select(values, known), problems, repairs, blank)


def _answers(column: Column) -> dict[str, str]:
    """The codes that yes and no are, where the column is the answer to a question."""
    yes = dict.fromkeys(_PLAIN_YES, column.if_yes) if column.if_yes else {}
    no = dict.fromkeys(_PLAIN_NO, column.if_no) if column.if_no else {}
    return yes | no


def _unticked(upper: pa.Array, blank: Mask, odd: Mask) -> Mask | None:
    """The blank cells of a column that answers with nothing but ticks; None where it has other answers.

    A few cells that cannot be read (#REF!) are no answers, and change nothing for the others.
    """
    ticks = mask(pc.is_in(upper, pa.array(TICKS)))
    only = ticks.any() and (ticks | blank | odd).all() and ticks.sum() >= odd.sum()
    return blank.copy() if only else None


def parse_yes_no(texts: pa.Array, setting: Setting) -> Parsed:
    """是/否 in all its spellings, none of which is a repair.

    已… and 未… answer only with the column's own word: 已改造 says nothing about 是否危房户. Where a
    column answers with nothing but ticks, an empty cell says no.
    """
    text, blank = cleaned(texts)
    upper = pc.utf8_upper(text)
    yes = mask(pc.is_in(upper, pa.array(YES))) & ~blank
    no = mask(pc.is_in(upper, pa.array(NO))) & ~blank
    said = _said(text.filter(pa.array(~yes & ~no & ~blank)), setting.column)
    yes |= mask(pc.is_in(text, pa.array([t for t, answer in said.items() if answer], pa.string())))
    no |= mask(pc.is_in(text, pa.array([t for t, answer in said.items() if not answer], pa.string())))
    odd = ~yes & ~no & ~blank
    repairs: dict[str, Mask] = {}
    if (unticked := _unticked(upper, blank, odd)) is not None:
        repairs["blank_as_no"] = unticked
        no |= blank
        blank = np.zeros(len(blank), np.bool_)
    return Parsed(pa.array(yes, mask=~(yes | no)), {"YES_NO_FORM": odd} if odd.any() else {}, repairs, blank)


def _said(texts: pa.Array, column: Column) -> dict[str, bool]:
    """The answers among `texts` that are not in the lists of yes and no."""
    own = [_ASKING.sub("", header) for header in column.headers]
    answers = {text: _answer(text, own) for text in texts.unique().drop_null().to_pylist()}
    return {text: answer for text, answer in answers.items() if answer is not None}


def _answer(text: str, own: list[str]) -> bool | None:
    """已脱贫, 未缴费, 是(2016年), 否(已迁出); None where anything is left to doubt."""
    if ticked := _OF_TWO.match(text):
        yes, no, behind = (bool(mark) and mark not in "□☐○" for mark in ticked.groups())
        return yes if yes != no and not behind else None
    if said := _SAID.match(text):
        return said[1] == "已" if any(_shortens(said[2], word) for word in own) else None
    if not (noted := _NOTED.match(text)):
        return None
    affirms = noted[1] in ("是", "有")
    if _DATED.fullmatch(noted[2]):
        return affirms
    # A note beside 否 gives its reason, unless it speaks of the matter itself: 否(已脱贫) contradicts.
    doubtful = _DOUBT | set("".join(own))
    return None if affirms or doubtful & set(noted[2]) else False


def _shortens(short: str, word: str) -> bool:
    """Whether `short` is `word` with characters left out: 参保 of 参加医疗保险."""
    rest = iter(word)
    return all(character in rest for character in short)


def parse_town(texts: pa.Array, setting: Setting, county: County | None = None) -> Parsed:
    """A town of the county by its official name; any other text is kept, with a warning."""
    parsed = parse_text(texts, setting)
    names = (county or load_county()).town_names
    plain = pc.replace_substring_regex(compatible(pc.fill_null(parsed.values, "")), r"\s|^广东省|^湛江市", "")
    official = _mapped(plain, names)
    known = mask(official.is_valid())
    values = pc.if_else(pa.array(known), official, parsed.values)
    assert parsed.blank is not None
    unknown = ~known & ~parsed.blank
    changed = known & ~mask(pc.equal(values, parsed.values))
    return Parsed(
        values,
        {"TOWN_UNKNOWN": unknown} if unknown.any() else {},
        parsed.repairs | ({"town_name": changed} if changed.any() else {}),
        parsed.blank,
    )


def _folded(text: str) -> str:
    return str(compatible(pa.array([text]))[0].as_py()).upper()


def _mapped(texts: pa.Array, names: dict[str, str]) -> pa.Array:
    """Each text through `names`, null where it is not in it."""
    at = pc.index_in(texts, pa.array(list(names), pa.string()))
    return pa.array(list(names.values()), pa.string()).take(at)


def loose_code(text: str, names: Mapping[str, str]) -> str | None:
    """The code that the folded `text` can only mean; `names` are the folded codes and their aliases."""
    found = {names[form] for form in _forms(re.sub(r"\s", "", text)) if form in names}
    return found.pop() if len(found) == 1 else None


def _by_pattern(text: str, patterns: Sequence[CodePattern]) -> str | None:
    """The code that the first fitting pattern makes of the folded `text`."""
    plain = _DASHES.sub("-", re.sub(r"\s", "", text))
    for pattern in patterns:
        if found := re.fullmatch(pattern.match, plain):
            return found.expand(pattern.becomes)
    return None


def _forms(text: str) -> Iterator[str]:
    for bare in {text, *(match[1] for match in (_CLASS.match(text), _DATED_CODE.match(text)) if match)}:
        number = _ROMAN.sub(lambda found: _ROMAN_NUMBERS[found[1]] + found[2], bare)
        number = _LONE_NUMBER.sub(lambda found: found[0].translate(_NUMBERS), number)
        for form in {bare, number}:
            yield form
            if form[-1:] in _UNITS:
                yield form[:-1]
            else:
                yield from (form + unit for unit in _UNITS)
