"""How a file of payments is to be read beside what stands: by what is in both, its name only a hint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Mode(Enum):
    """What a file does to the payments of one part of a period that stand."""

    REPLACES = "replaces"  # 重报: all of them
    ADDS = "adds"  # 补发, 退票: none
    CORRECTS = "corrects"  # 更正: those whose place its rows take


class Hint(Enum):
    """What a file says of itself, in its name or a title."""

    SUPPLEMENT = "补发"
    CORRECTION = "更正"
    WHOLE = "重报"


_WORDS = {
    Hint.SUPPLEMENT: re.compile("补发|补报|补付|增发|追加|补充|新增|退票|退回|退款|冲销"),
    Hint.CORRECTION: re.compile("更正|订正|勘误|改正"),
    Hint.WHOLE: re.compile("重报|重新(报送|上报|导出)|全量|替换"),
}


def hint_of(texts: list[str]) -> Hint | None:
    """The one thing that name and titles say; None where they say nothing, or several things."""
    said = [hint for hint, words in _WORDS.items() if any(words.search(text) for text in texts)]
    return said[0] if len(said) == 1 else None


@dataclass(frozen=True)
class Sums:
    """Rows, payees and money (in yuan, reversals negative) of one side; rows that wait are among them."""

    rows: int
    payees: int
    yuan: Decimal


@dataclass(frozen=True)
class Beside:
    """A file beside what stands in one part of a period, in rows."""

    before: Sums
    now: Sums
    same: int  # payments that are in both
    changed: int  # of payees whose payments that stand are others
    new: int  # of payees of whom nothing stands
    extra: int  # reversals and payments made anew, of payees that stand
    lost_payees: int
    dates_are_new: bool  # no row was paid on a day on which what stands was paid


@dataclass(frozen=True)
class Read:
    """The way to read a file; in doubt a person is asked, and this is what letting it through does."""

    mode: Mode
    is_doubtful: bool = False


def read_beside(beside: Beside, hint: Hint | None, *, is_list: bool) -> Read:
    """What a file is; `is_list`: the feed sends whole lists, so that one without a hint is another."""
    before, same = beside.before.rows, beside.same
    if not before or same == before:
        return Read(Mode.REPLACES)  # everything that stands is in it
    if not same and not beside.changed:
        return _of_strangers(beside, hint)
    if hint is Hint.CORRECTION:
        return Read(Mode.CORRECTS, is_doubtful=beside.new > 0)
    if hint is Hint.SUPPLEMENT:
        mode = Mode.CORRECTS if same else Mode.ADDS
        return Read(mode, is_doubtful=bool(same and beside.changed))
    if hint is Hint.WHOLE or is_list:
        return Read(Mode.REPLACES)
    if same and (2 * same >= before or beside.lost_payees):
        return Read(Mode.REPLACES)
    return Read(_likely(beside), is_doubtful=True)


def _of_strangers(beside: Beside, hint: Hint | None) -> Read:
    """None of its rows stands or stands in another way: nobody is paid twice by adding them."""
    if hint is Hint.WHOLE:
        return Read(Mode.REPLACES)  # and loses everybody: that is asked
    return Read(Mode.ADDS, is_doubtful=hint is Hint.CORRECTION and not beside.extra)


def _likely(beside: Beside) -> Mode:
    if beside.dates_are_new:
        return Mode.ADDS
    return Mode.CORRECTS if beside.lost_payees else Mode.REPLACES


def loses(beside: Beside) -> bool:
    """Whether a file that replaces what stands would take rows, money or somebody away."""
    before, now = beside.before, beside.now
    return now.rows < before.rows or now.yuan < before.yuan or beside.lost_payees > 0
