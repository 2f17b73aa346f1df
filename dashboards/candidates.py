"""How many ID numbers remain possible to somebody who knows some places of one.

GB 11643: places 1-6 area, 7-14 birth date, 15-17 sequence (17: odd for a man, even for a woman), 18 check
character. Area, year of birth, sex and the rule of the check character are taken as known: they are
served, or anybody can learn them.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections import Counter
from collections.abc import Iterable
from functools import cache

# What is counted: the day of birth and the sequence.
OPEN_PLACES = frozenset(range(11, 18))
CHECK_PLACE = 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def candidates(id_number: str, known: Iterable[int] = ()) -> int:
    """Numbers that agree with `id_number` in the `known` places (1 to 18) and in what everybody knows."""
    places = frozenset(known)
    opened = "".join(id_number[place - 1] if place in places else "?" for place in sorted(OPEN_PLACES))
    days, sequences = opened[:4], opened[4:]
    year, is_even = int(id_number[6:10]), int(id_number[16]) % 2 == 0
    by_day, by_sequence = _days(year, days), _sequences(sequences, is_even)
    if CHECK_PLACE not in places:
        return sum(by_day.values()) * sum(by_sequence.values())
    # Weighted sums mod 11 decide the check character, so only their counts matter.
    rest = _weighted(id_number[:10], 0)
    wanted = _weighted(id_number[:17], 0)
    return sum(
        count * by_sequence[residue]
        for day_residue, count in by_day.items()
        for residue in range(11)
        if (rest + day_residue + residue) % 11 == wanted
    )


def _weighted(digits: str, first: int) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS[first:], strict=False)) % 11


def _agrees(digits: str, pattern: str) -> bool:
    return all(wanted in ("?", digit) for digit, wanted in zip(digits, pattern, strict=True))


@cache
def _days(year: int, pattern: str) -> Counter[int]:
    """Days of a year that agree with `pattern` (MMDD, ? for unknown), by their weighted sum."""
    months = ((month, monthrange(2020 if isleap(year) else 2019, month)[1]) for month in range(1, 13))
    days = (f"{month:02}{day:02}" for month, last in months for day in range(1, last + 1))
    return Counter(_weighted(day, 10) for day in days if _agrees(day, pattern))


@cache
def _sequences(pattern: str, is_even: bool) -> Counter[int]:
    """Sequences of one sex that agree with `pattern`, by their weighted sum."""
    numbers = (f"{number:03}" for number in range(1000) if (number % 2 == 0) == is_even)
    return Counter(_weighted(number, 14) for number in numbers if _agrees(number, pattern))
