"""The hash key is made once; without it, or with another one, nothing is loaded any more."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion import Home, prepare, receive
from ingestion.lake.key_fingerprint import KeyProblemError, fingerprint
from ingestion.lake.schema import HASH_KEY
from sanbao.night.home import catalog


def key_path(home: Home) -> Path:
    return home.lake / "secret" / "person_hash_key.parquet"


def key_of(home: Home) -> str:
    return str(pq.read_table(key_path(home))["key"][0].as_py())


def put_key(home: Home, key: str) -> None:
    pq.write_table(pa.Table.from_pylist([{"key": key}], schema=HASH_KEY), key_path(home))


@pytest.fixture
def used(tmp_path: Path) -> Home:
    """A home that has received a file."""
    home = Home(tmp_path / "home")
    prepare(home, catalog())
    (home.inbox / "water" / "a.csv").write_bytes(b"a,b\n1,2\n")
    assert receive(home, catalog())
    return home


def lose(home: Home) -> None:
    key_path(home).unlink()


def lose_folder(home: Home) -> None:
    shutil.rmtree(home.lake / "secret")


def lose_lake(home: Home) -> None:
    shutil.rmtree(home.lake)


def empty(home: Home) -> None:
    key_path(home).write_bytes(b"")


def damage(home: Home) -> None:
    key_path(home).write_bytes(key_path(home).read_bytes()[:-9])


def no_row(home: Home) -> None:
    pq.write_table(HASH_KEY.empty_table(), key_path(home))


@pytest.mark.parametrize("loss", [lose, lose_folder, lose_lake, empty, damage, no_row])
def test_a_lost_key_is_never_made_anew(used: Home, loss: object) -> None:
    loss(used)  # type: ignore[operator]
    left = key_path(used).read_bytes() if key_path(used).exists() else None
    for _ in range(2):
        with pytest.raises(KeyProblemError) as caught:
            prepare(used, catalog())
        assert caught.value.code == "KEY_LOST"
    assert (key_path(used).read_bytes() if key_path(used).exists() else None) == left


def test_another_key_is_refused_and_the_right_one_taken_again(used: Home) -> None:
    right = key_path(used).read_bytes()
    put_key(used, secrets.token_hex(32))
    with pytest.raises(KeyProblemError) as caught:
        prepare(used, catalog())
    assert caught.value.code == "KEY_MISMATCH"
    key_path(used).write_bytes(right)
    prepare(used, catalog())


def test_a_home_of_an_earlier_version_gets_the_fingerprint_of_its_key(used: Home) -> None:
    key = key_of(used)
    shutil.rmtree(used.lake / "secret_fingerprint")
    prepare(used, catalog())
    assert key_of(used) == key
    put_key(used, secrets.token_hex(32))
    with pytest.raises(KeyProblemError):
        prepare(used, catalog())


def test_a_home_without_deliveries_may_have_a_new_key(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    prepare(home, catalog())
    before = key_of(home)
    lose(home)
    prepare(home, catalog())
    assert key_of(home) != before


def test_the_fingerprint_does_not_hold_the_key(used: Home) -> None:
    key = key_of(used)
    text = (used.lake / "secret_fingerprint" / "person_hash_key.txt").read_text("ascii")
    assert text == fingerprint(key)
    assert not any(key[at : at + 8] in text for at in range(len(key) - 8))
