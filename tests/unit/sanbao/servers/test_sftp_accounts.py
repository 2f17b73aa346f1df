"""A department's ways in: none until one is given, and only its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from sanbao.servers.sftp_accounts import Accounts


@pytest.fixture
def known(tmp_path: Path) -> Accounts:
    return Accounts(tmp_path, ("education", "water"))


def test_nobody_has_a_way_in_at_first(known: Accounts) -> None:
    assert known.ways_in("education") == []
    assert not known.password_is("education", "")
    assert known.keys("education") == ""


def test_a_password_is_one_departments_and_ends_with_the_next(known: Accounts) -> None:
    first = known.new_password("education")
    assert known.password_is("education", first)
    assert not known.password_is("water", first)
    second = known.new_password("education")
    assert known.password_is("education", second)
    assert not known.password_is("education", first)


def test_only_the_hash_is_kept_and_nobody_else_reads_it(known: Accounts, tmp_path: Path) -> None:
    password = known.new_password("education")
    (kept,) = tmp_path.iterdir()
    assert password not in kept.read_text("utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_department_without_a_contract_has_no_account(known: Accounts) -> None:
    password = known.new_password("police")
    known.allow_key("police", "ssh-ed25519 AAAA")
    assert not known.password_is("police", password)
    assert known.keys("police") == ""


def test_keys_are_added_once_and_closed_with_the_password(known: Accounts) -> None:
    for line in ("ssh-ed25519 AAAA one\n", "ssh-ed25519 BBBB two", "ssh-ed25519 AAAA one"):
        known.allow_key("water", line)
    assert known.keys("water") == "ssh-ed25519 AAAA one\nssh-ed25519 BBBB two\n"
    known.new_password("water")
    assert known.ways_in("water") == ["password", "key"]
    known.close("water")
    assert known.ways_in("water") == []
