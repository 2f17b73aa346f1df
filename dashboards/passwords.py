"""What a password must be; Superset's own Python imports this, too."""

from __future__ import annotations

SHORTEST = 10
LONG = 16

WEAK = (
    f"密码太弱：至少 {SHORTEST} 个字符，并含大写字母、小写字母、数字、符号中的三种；"
    f"或者至少 {LONG} 个字符，其中不同的不少于 8 个（PASSWORD_WEAK）"
)


def is_strong(password: str) -> bool:
    """Ten characters of three kinds, or sixteen of which eight differ (a sentence will do)."""
    if len(set(password)) < 5:
        return False
    if len(password) >= LONG and len(set(password)) >= 8:
        return True
    return len(password) >= SHORTEST and _kinds(password) >= 3


def _kinds(password: str) -> int:
    tests = (str.isupper, str.islower, str.isdigit)
    named = sum(any(test(letter) for letter in password) for test in tests)
    return named + any(not any(test(letter) for test in tests) for letter in password)
