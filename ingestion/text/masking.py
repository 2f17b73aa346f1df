"""The one recogniser of citizens' ID numbers in a text, and what is shown of them.

A number is known by what GB 11643 fixes: its province, its birth date and how many places there are.
The check digit is no condition, because a number with a typo points at a person as well. Hashes, card
numbers, amounts and moments have the digits but not the shape.

A text is read with its digits made plain (`foundation.digits`): 四四〇… and ４４０… are 440…, and O, o, l and
I may stand for 0 and 1. The patterns do without look-around, named classes and escapes, so that one text
means the same to Python, RE2 (Arrow, DuckDB) and Java (Spark): `python -m sanbao.codegen.dbt_files` writes
them into dbt's macros, and the gate before publishing is handed them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from foundation.digits import digit_class, plain_digits

if TYPE_CHECKING:
    import pyarrow as pa


# Places are words, ways of filling them are parted by a bar.
_PROVINCE = "1 1-5|2 1-3|3 1-7|4 1-6|5 0-4|6 1-5|7 1|8 1-3|9 1"
_NOT_OF_A_CARD = "1 1-5|2 1-3|3 1-7|4 1-6|5 0-4|6 1|6 3-5|7 1|8 1-3|9 1"  # bank cards begin with 62
_CENTURY = "1 8-9|2 0"
_MONTH = "0 1-9|1 0-2"
_DAY = "0 1-9|1-2 0-9|3 0-1"
_LAST = "0-9Xx"
_BORN = (_CENTURY, 2, _MONTH, _DAY)

_TOGETHER = ""
# Marks without width, that text pasted from a web page has between its digits.
_HIDDEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]*"
# Whatever else people put between the groups of a number: neither digit nor letter nor Han character.
_WORDS = "0-9A-Za-zＡ-Ｚａ-ｚ\u3007\u3400-\u9fff\uf900-\ufaff"
_BETWEEN = f"[^{_WORDS}]"
_APART = _BETWEEN + "{0,3}" + _HIDDEN
_PARTED = _BETWEEN + "{1,3}" + _HIDDEN
# What stands between area, birth date and sequence of a number read out: 440899出生1976年5月3日号0347.
_READ_OUT = "出生于年月日号尾顺序码区划地址身份证性别男女的是为第末后位"
_SAID = f"(?:[^{_WORDS}*]|[{_READ_OUT}])"
# Longer gaps are read as three characters: the rest is filled with one that has no width.
LONG_GAP = f"[^{_WORDS}*]{{4,}}"
_FILLER = "\u2060"
_ENTITY = re.compile("&#0*(?:4[89]|5[0-7]);|&#[xX]0*3[0-9];|%3[0-9]")

# A number stands alone among digits. Letters may touch it (ID4408…, …12X号), unless there are so many
# of the first six that it may lie in a hexadecimal hash, which has 32 places at least.
_BEFORE = "((?:^|[^0-9A-Fa-f])(?:[0-9A-Fa-f]{0,5}[A-Fa-f])?)"
_BEHIND = "((?:[A-Fa-f][0-9A-Fa-f]{0,5})?(?:$|[^0-9A-Fa-f]))"
# Other documents have no shape that nothing else has: their numbers are known by the words in front of them.
_DOCUMENTS = "护照|通行证|回乡证|台胞证|居住证|居留证|居留身份证|军官证|士兵证|警官证"
_LABEL = f"(?:{_DOCUMENTS})[^0-9A-Za-zＡ-Ｚａ-ｚ]{{0,8}}"
_ASCII = "0-9"


def _document(digits: str) -> str:
    letters = f"[A-Za-zＡ-Ｚａ-ｚ]{{0,3}}{_HIDDEN}"
    return f"(?:{letters}[{digits}]{{6,15}}[A-Z]?|[\u4e00-\u9fff]字第?[{digits}]{{4,8}})"


# But for the old card of a foreigner: nationality, office, birth date, sequence.
_LETTERS_AND_TWELVE = "[A-Za-z]{3}[0-9]{12}"
STARS = "*" * 12
_READINGS = (False, True)  # without digits in words, and with them
_PASSES = 2  # neighbours share the character between them: one pass leaves every second number

# Characters that turn or hide the text around them, and those that nobody has agreed on.
INVISIBLE = frozenset({"Cf", "Cs", "Co", "Cn"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _place(which: str) -> str:
    """The class of one place; a letter that looks like a digit stands for it."""
    zero = "Oo" if "0" in which else ""
    one = "lI" if "1" in which or which.startswith("0-") else ""
    return f"[{which}{zero}{one}]"


def _piece(piece: str | int, gap: str) -> str:
    """So many digits, or one of the ways in which places may be filled."""
    if isinstance(piece, int):
        return gap.join([_place("0-9")] * piece) if gap else f"{_place('0-9')}{{{piece}}}"
    ways = [gap.join(map(_place, way.split())) for way in piece.split("|")]
    return ways[0] if len(ways) == 1 else f"(?:{'|'.join(ways)})"


def _row(*pieces: str | int, gap: str, join: str | None = None) -> str:
    return (gap if join is None else join).join(_piece(piece, gap) for piece in pieces)


def _forms() -> list[str]:
    """Every form of a number: a group of what may be shown of it, then the ways in which it goes on."""
    one_wrong: list[tuple[str | int, ...]] = [
        (_CENTURY, 2, _MONTH, 2),
        (_CENTURY, 2, 2, _DAY),
        (4, _MONTH, _DAY),
    ]
    old = (2, _MONTH, _DAY, 3)  # the kind of 15 places
    strict = _row(4, *_BORN, 3, gap=_TOGETHER)
    many = _place(_LAST)
    apart = [
        _APART + _row(*_BORN, 3, _LAST, gap=_APART),
        _PARTED + _row(*old, gap=_PARTED),
        _said_aloud(),
    ]
    hidden = [
        *(_APART + _row(*born, 3, _LAST, gap=_HIDDEN, join=_APART) for born in one_wrong),
        _HIDDEN + _row(_CENTURY, 8, _LAST, gap=_HIDDEN),  # one place lost
        _HIDDEN + _row(*old, gap=_HIDDEN),
        _PARTED + _row(2, _MONTH, _DAY, gap=_HIDDEN) + _PARTED + _row(3, gap=_HIDDEN),
        _row(*_BORN, 3, gap=_TOGETHER) + many + "{3,200}",  # glued to another number
    ]
    born = _row(*_BORN, gap=_HIDDEN, join=_APART)
    six = [
        _APART + born + _APART + _row(3, _LAST, gap=_HIDDEN),  # a province that there is not
        _HIDDEN + _row(11, "Xx", gap=_HIDDEN),  # only an ID number ends like that
    ]
    five = [_HIDDEN + born + _HIDDEN + _row(3, _LAST, gap=_HIDDEN)]
    return [
        _form(_row(_PROVINCE, 4, gap=_APART), apart),
        _form(_row(_PROVINCE, 4, gap=_HIDDEN), hidden),
        _form(_row(6, gap=_HIDDEN), six),
        _form(_row(5, gap=_HIDDEN), five),
        _form(_row(_NOT_OF_A_CARD, 4, gap=_TOGETHER), [_row(*_BORN, 3, gap=_TOGETHER) + many + "{2}"]),
        _form(
            f"{_place('0-57-9')}|{_piece(2, _TOGETHER)}",
            [f"{_place('0-9')}{{0,100}}{_piece(_PROVINCE, _TOGETHER)}{strict}{many}{{1,100}}"],
        ),
        _form(_LABEL, [_document(_ASCII)]),
    ]


def _said_aloud() -> str:
    """Words between area, birth date and sequence; months and days may have one place."""
    gap, short = f"{_SAID}{{0,8}}", f"{_SAID}{{0,2}}"
    month = f"(?:{_place('0')}?{_place('1-9')}|{_piece('1 0-2', _TOGETHER)})"
    day = f"(?:{_place('0-2')}?{_place('0-9')}|{_piece('3 0-1', _TOGETHER)})"
    year = _row(_CENTURY, 2, gap=_TOGETHER)
    return f"{gap}{year}{short}{month}{short}{day}{gap}{_row(3, _LAST, gap=_TOGETHER)}"


def _card_of_a_foreigner() -> str:
    """Nothing of it is shown: its first places name a country."""
    return "[A-Za-z]{3}" + _row(4, 2, _MONTH, _DAY, 2, gap=_TOGETHER)


def _form(shown: str, ways: list[str]) -> str:
    return f"({shown})(?:{'|'.join(ways)})"


FORM_COUNT = 7
# 15 digits or more without a word between them, or another document: cheap, and true of every text in which
# PATTERN finds something once its digits are plain.
_DIGIT = f"[0-9OolI{digit_class()}]"
_GAP = f"(?:[^{_WORDS}]|[{_READ_OUT}])*"
SUSPECT = (
    f"{_DIGIT}{_GAP}(?:{_DIGIT}{_GAP}){{13}}[0-9XxOolI{digit_class()}]"
    f"|{_LETTERS_AND_TWELVE}|{_LABEL}{_document(_ASCII + digit_class())}|&#[xX]0*3[0-9];&#[xX]0*3[0-9];"
)
_FEWEST_DIGITS = 12  # of a number without a word that names it or an escape: letters and twelve
# So many texts are read sooner one by one, by what is compiled once.
_FEW = 100
_COUNTED = 2000
_SHORTEST = 12  # bytes, of 护照 and six digits: SUSPECT finds nothing shorter, and nothing without a digit
PATTERN = f"{_BEFORE}(?:{'|'.join(_forms())}|{_card_of_a_foreigner()}){_BEHIND}"
# What PATTERN is replaced by: its neighbours and the first six places (\1 for RE2 and Python).
REPLACEMENT = "".join(f"\\{n}" for n in range(1, FORM_COUNT + 2)) + STARS + f"\\{FORM_COUNT + 2}"
# What is shown to people masks every long run of digits: it may be an ID number with several wrong places,
# or an account. Letters of a hexadecimal hash on either side are no end of a run.
_RUN = "(^|[^0-9A-Fa-f])([0-9]{6})[0-9]{8,}[0-9Xx]($|[^0-9A-Fa-f]|[Ee][+])"
_RUN_SHOWN = f"\\1\\2{STARS}\\3"
_GONE = "\\1\\" + str(FORM_COUNT + 2)
# Texts that PATTERN does not read as they stand; SQL knows nothing of escapes, which no cell keeps.
ODD = f"[{digit_class()}]|{LONG_GAP}"
_ODD = f"{ODD}|&#|%3"
# A cell that should hold an ID number: masked although a letter may stand among the digits. Of a number of
# another document only its first letters are shown, of one of digits alone two.
_ID_CELL = "(?s)^\\s*(.{6}).{6,}$"
_DOCUMENT_CELL = (
    "(?s)^\\s*([A-Za-z]{1,3}|[0-9]{2})[^0-9]{0,2}[0-9]{5,10}.{0,4}$|^\\s*([A-Za-z]{3})[0-9]{12}\\s*$"
)
# Excel's 4.40899E+17 has no more than the area either.
_CITIZEN_CELL = "(?s)^\\s*(?:[0-9]{6}.{6,}|[0-9]\\.[0-9]+[Ee][+][0-9]+\\s*)$"
# Whatever else has four digits: words before them, blanks and brackets among them, too few places.
_OTHER_CELL = "(?s)^([^0-9A-Za-zＡ-Ｚａ-ｚ]{0,20}[A-Za-zＡ-Ｚａ-ｚ]{0,3}).*[0-9](?:.*[0-9]){3}.*$"


@cache
def _compiled() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    return re.compile(SUSPECT), re.compile(PATTERN), re.compile(_RUN)


_LONG = re.compile(LONG_GAP)


def plain(text: str, words: bool) -> str:
    """`text` as PATTERN reads it: digits in ASCII, no gap longer than three; every character at its place.

    It is to be read with and without digits in `words`: 张三440899… ends no number with its 三.
    """
    text = _ENTITY.sub(lambda found: _digit_of(found[0]).rjust(len(found[0]), _FILLER), text)
    return _LONG.sub(lambda found: found[0][:3].ljust(len(found[0]), _FILLER), plain_digits(text, words))


def _digit_of(entity: str) -> str:
    code = entity.strip("&#;%").lower()
    return chr(int(code)) if entity.startswith("&#") and code[0] != "x" else chr(int(code.strip("x"), 16))


def holds_id(text: str) -> bool:
    """Whether something in `text` reads like an ID number."""
    suspect, pattern, _ = _compiled()
    return bool(suspect.search(text)) and any(pattern.search(plain(text, words)) for words in _READINGS)


def mask_ids(text: str) -> str:
    """`text` with every ID number shown by its first six places only."""
    suspect, pattern, _ = _compiled()
    return _hidden(text, pattern, STARS) if suspect.search(text) else text


def mask_shown(text: str) -> str:
    """`mask_ids` for words about a cell, which also hide every other run of 15 digits or more."""
    suspect, _, run = _compiled()
    return _hidden(mask_ids(text), run, STARS) if suspect.search(text) else text


def _without(text: str) -> str:
    return _hidden(text, _compiled()[1], None)


def _hidden(text: str, pattern: re.Pattern[str], stars: str | None) -> str:
    """Of what the pattern finds: its first and last group as written, between them what is shown."""
    for words in sorted(_READINGS * _PASSES):
        parts, at = [], 0
        for found in pattern.finditer(plain(text, words)):
            parts.append(text[at : found.end(1)])
            if stars is not None:
                parts += [*(shown.replace(_FILLER, "") for shown in found.groups()[1:-1] if shown), stars]
            at = found.start(pattern.groups)
        text = "".join([*parts, text[at:]])
    return text


def ids_in(values: pa.Array) -> pa.Array:
    """Which texts of an Arrow column hold an ID number; null where the text is null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = _may_hold(values)
    some = values.filter(pc.fill_null(found, False)).unique()
    if not len(some):
        return found
    if len(some) <= _FEW:
        ids = [text for text in some.to_pylist() if holds_id(text)]
        return pc.and_(found, pc.is_in(values, pa.array(ids, values.type)))
    suspects = pc.if_else(found, values, "")
    held = pc.match_substring_regex(suspects, PATTERN)
    odd = pc.match_substring_regex(suspects, _ODD)
    if pc.any(odd).as_py():
        read = {text: holds_id(text) for text in suspects.filter(odd).unique().to_pylist()}
        ids = pa.array([text for text, holds in read.items() if holds], pa.string())
        held = pc.if_else(odd, pc.is_in(suspects, ids), held)
    return pc.and_(found, held)


def _may_hold(values: pa.Array) -> pa.Array:
    """Which texts are worth the question; few columns have any."""
    import pyarrow.compute as pc

    found = pc.greater_equal(pc.binary_length(values), _SHORTEST)
    found = pc.and_(found, pc.match_substring_regex(values, f"[0-9{digit_class()}]"))
    if not pc.any(found).as_py():
        return found
    # RE2 compiles SUSPECT anew at every call, which takes as long as to count the digits of this many texts.
    if len(values) > _COUNTED:
        return pc.match_substring_regex(values, SUSPECT)
    many = pc.greater_equal(pc.count_substring_regex(values, _DIGIT), _FEWEST_DIGITS)
    return pc.and_(found, pc.or_(many, pc.match_substring_regex(values, f"{_DOCUMENTS}|&#[xX]")))


def mask_column(values: pa.Array) -> pa.Array:
    """`mask_ids` for a whole Arrow column of strings."""
    return _replaced(values, REPLACEMENT, mask_ids)


def mask_shown_column(values: pa.Array) -> pa.Array:
    """`mask_shown` for a whole Arrow column of strings."""
    import pyarrow.compute as pc

    masked = _replaced(values, REPLACEMENT, mask_ids)
    for _ in range(_PASSES):
        masked = pc.replace_substring_regex(masked, _RUN, _RUN_SHOWN)
    return _each(masked, pc.match_substring_regex(masked, f"[{digit_class()}]"), mask_shown)


def without_ids(values: pa.Array) -> pa.Array:
    """An Arrow column of strings with every ID number taken out."""
    return _replaced(values, _GONE, _without)


def _replaced(values: pa.Array, replacement: str, odd: Callable[[str], str]) -> pa.Array:
    """What PATTERN finds is replaced, in texts that it does not read as they stand by `odd`."""
    import pyarrow.compute as pc

    found = pc.fill_null(ids_in(values), False)
    if not pc.any(found).as_py():
        return values
    if pc.sum(found).as_py() <= _FEW:
        return _each(values, found, odd)
    strange = pc.and_(found, pc.match_substring_regex(values, _ODD))
    values = _each(values, strange, odd)
    found = pc.and_not(found, strange)
    some = values.filter(found)
    for _ in range(_PASSES):
        some = pc.replace_substring_regex(some, PATTERN, replacement)
    return pc.replace_with_mask(values, found, some)


def _each(values: pa.Array, which: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """The texts of `which`, changed one by one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    which = pc.fill_null(which, False)
    if not pc.any(which).as_py():
        return values
    changed = [change(text) for text in values.filter(which).to_pylist()]
    return pc.replace_with_mask(values, which, pa.array(changed, pa.string()))


def mask_id_column(values: pa.Array) -> pa.Array:
    """For cells that should hold an ID number: the first six characters, of other documents fewer."""
    import pyarrow.compute as pc

    odd = pc.match_substring_regex(values, f"[{digit_class()}]")
    values = _each(values, odd, plain_digits)
    some = pc.replace_substring_regex(values, _DOCUMENT_CELL, rf"\1\2{STARS}")
    citizen = pc.match_substring_regex(values, _CITIZEN_CELL)
    rest = pc.if_else(
        citizen,
        pc.replace_substring_regex(values, _ID_CELL, rf"\1{STARS}"),
        pc.replace_substring_regex(values, _OTHER_CELL, rf"\1{STARS}"),
    )
    return pc.if_else(pc.equal(some, values), rest, some)


def shown_name(text: str) -> str:
    """A name out of a file, fit for a sentence: masked, on one line, nothing in it turns or hides text."""
    kept = "".join(c for c in text if unicodedata.category(c) not in INVISIBLE)
    kept = _CONTROL.sub(" ", kept)
    plain = unicodedata.normalize("NFKC", kept)  # ④④⓪… is 440… as well
    return mask_shown(plain if mask_shown(plain) != plain else kept)
