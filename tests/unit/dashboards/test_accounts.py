"""Wrong passwords are few, for strangers only; weak ones are none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.login_limit import LoginLimit
from dashboards.passwords import is_strong
from sanbao.errors import SanbaoError
from sanbao.servers.superset import start


@pytest.fixture
def limit(tmp_path: Path) -> LoginLimit:
    return LoginLimit(tmp_path / "logins.db", window=600)


def _tries(limit: LoginLimit, account: str, address: str, now: float, count: int) -> int:
    """How many of `count` wrong passwords were looked at."""
    return sum(limit.attempt(account, address, now) == 0 for _ in range(count))


def test_forty_wrong_passwords_are_five_tries(limit: LoginLimit) -> None:
    assert _tries(limit, "#1", "10.0.0.9", 1000, 40) == 5
    assert limit.attempt("#1", "10.0.0.9", 1001) == 599
    assert _tries(limit, "#1", "10.0.0.9", 1599.5, 40) == 0
    # After the time it works again, though tries went on all the while.
    assert _tries(limit, "#1", "10.0.0.9", 1601, 40) == 5


def test_a_stranger_does_not_lock_the_owner_out(limit: LoginLimit) -> None:
    limit.attempt("#1", "10.0.0.2", 0)
    limit.succeeded("#1", "10.0.0.2", 0)
    for number in range(200):  # a stranger with two hundred addresses, for as long as he likes
        _tries(limit, "#1", f"10.9.0.{number}", 1000 + number, 10)
    assert limit.attempt("#1", "10.0.0.2", 1201) == 0
    limit.succeeded("#1", "10.0.0.2", 1201)
    assert limit.attempt("#1", "10.9.1.1", 1201) > 0, "for others the account has a limit of its own"


def test_one_address_cannot_try_every_account(limit: LoginLimit) -> None:
    assert sum(_tries(limit, f"#{number}", "10.0.0.9", 1000, 1) for number in range(200)) == 60


def test_the_right_password_clears_the_count(limit: LoginLimit) -> None:
    assert _tries(limit, "#1", "10.0.0.2", 1000, 4) == 4
    assert limit.attempt("#1", "10.0.0.2", 1001) == 0
    limit.succeeded("#1", "10.0.0.2", 1001)
    assert _tries(limit, "#1", "10.0.0.2", 1002, 40) == 5


def test_parallel_tries_of_several_workers_count_as_well(tmp_path: Path) -> None:
    def worker(_: int) -> int:
        return LoginLimit(tmp_path / "logins.db", window=600).attempt("#1", "10.0.0.9", 1000)

    with ThreadPoolExecutor(16) as workers:
        assert list(workers.map(worker, range(64))).count(0) == 5


@pytest.mark.parametrize(
    "password",
    ["1", "", "12345678", "password", "1234567890", "aaaaaaaaaaaaaaaa", "abcdefghij", "Aa1Aa1Aa1Aa1"],
)
def test_weak_passwords(password: str) -> None:
    assert not is_strong(password)


@pytest.mark.parametrize("password", ["Xuwen-2019", "correct horse battery", "三保障夜间任务Ab1"])
def test_strong_passwords(password: str) -> None:
    assert is_strong(password)


@given(st.binary(min_size=12, max_size=12))
def test_a_short_password_needs_three_kinds(raw: bytes) -> None:
    """Whatever `is_strong` lets through below sixteen characters has three kinds of them."""
    password = raw.decode("latin-1")
    kinds = [any(test(c) for c in password) for test in (str.isupper, str.islower, str.isdigit)]
    other = any(not (c.isupper() or c.islower() or c.isdigit()) for c in password)
    assert not is_strong(password) or sum([*kinds, other]) >= 3


def test_generated_passwords_are_strong() -> None:
    import secrets

    assert all(is_strong(secrets.token_urlsafe(12)) for _ in range(20_000))


def test_a_weak_password_of_the_operator_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANBAO_SUPERSET_PASSWORD", "admin")
    python = tmp_path / "python"
    python.touch()
    with pytest.raises(SanbaoError, match="PASSWORD_WEAK"):
        start(tmp_path / "home", 1, python)
    assert not (tmp_path / "home" / "superset").exists()
