"""Bad files: a Chinese sentence and an English code, the bytes kept, and the night goes on."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from sanbao.cli.app import guarded, make_app
from sanbao.night.load import load_all, load_received, receive_files
from sanbao.settings import Settings

pytestmark = pytest.mark.slow

HEADER = (
    "镇,行政村,自然村(经济合作社),户数,农业人口(人),是否通水,通水户数,通水人口,"
    "供水工程名称,供水工程类型,水源,入户,年停水天数,人均日供水量(升),取水往返时间(分钟)"
)
NAME = "2019年12月自然村供水情况台账"


def _ledger(rows: int = 30, town: str = "徐城街道", header: str = HEADER) -> str:
    line = "{town},东方社区,第{n}村,30,120,是,30,120,县自来水厂,城镇管网延伸,地表水,是,3,80,0"
    lines = [line.format(town=town, n=n) for n in range(rows)]
    return "\n".join([NAME, header, *lines]) + "\n"


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def good(inbox: Path) -> Path:
    return _write(inbox / "water" / f"{NAME}.csv", _ledger().encode("gb18030"))


def unreadable(inbox: Path) -> Path:
    return _write(inbox / "water" / f"{NAME}.xls", bytes(range(256)) * 40)


def empty(inbox: Path) -> Path:
    return _write(inbox / "water" / f"{NAME}.xlsx", b"")


def encrypted(inbox: Path) -> Path:
    path = inbox / "water" / f"{NAME}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", _ledger())
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1  # the flag that says: this entry has a password
    return _write(path, bytes(content))


def truncated(inbox: Path) -> Path:
    import openpyxl

    path = inbox / "water" / f"{NAME}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in _ledger(300).splitlines():
        book.active.append(line.split(","))
    book.save(path)
    return _write(path, path.read_bytes()[:-2000])


def wrong_feed(inbox: Path) -> Path:
    return _write(inbox / "education" / f"{NAME}.csv", _ledger().encode())


def wrong_county(inbox: Path) -> Path:
    text = _ledger(town="廉江市石城镇").replace(NAME, f"廉江市{NAME}")
    return _write(inbox / "water" / f"廉江市{NAME}.csv", text.encode())


def missing_column(inbox: Path) -> Path:
    text = _ledger(header=HEADER.replace("农业人口(人)", "其他"))
    return _write(inbox / "water" / f"{NAME}.csv", text.encode())


BAD: list[tuple[Callable[[Path], Path], set[str]]] = [
    (unreadable, {"FILE_UNREADABLE", "ENCODING_BROKEN"}),
    (empty, {"FILE_EMPTY"}),
    (encrypted, {"FILE_ENCRYPTED"}),
    (truncated, {"FILE_TRUNCATED"}),
    (wrong_feed, {"WRONG_DEPARTMENT"}),
    (wrong_county, {"WRONG_COUNTY"}),
    (missing_column, {"MISSING_COLUMN"}),
]
each_bad_file = pytest.mark.parametrize(("make", "codes"), BAD, ids=[make.__name__ for make, _ in BAD])


def _silent(what: str, done: int, of: int) -> None:
    return None


@each_bad_file
def test_check_refuses_with_a_sentence_and_a_code(
    make: Callable[[Path], Path], codes: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = make(tmp_path)
    arguments = ["check", str(path), "--department", path.parent.name]
    assert guarded(lambda: make_app("zh")(args=arguments), "zh") == 1
    said = capsys.readouterr().err
    assert any(f"[{code}]" in said for code in codes), said
    assert any("一" <= letter <= "鿿" for letter in said.split("]")[1])
    assert "Traceback" not in said


@each_bad_file
def test_the_night_goes_on_and_the_file_is_kept(
    make: Callable[[Path], Path], codes: set[str], home: Settings
) -> None:
    inbox = home.home / "inbox"
    bad = make(inbox)
    bytes_hash = sha256(bad.read_bytes()).hexdigest()
    bad.rename(bad.with_stem("坏" + bad.stem))
    good(inbox)
    outcomes = [row for receipt in receive_files(home) for row in load_received(home, receipt)]
    refused = [row for row in outcomes if row["sha256"] == bytes_hash]
    loaded = [row for row in outcomes if row["sha256"] != bytes_hash]
    assert {row["reason_code"] for row in refused} <= codes
    assert refused
    assert [row["delivery_state"] for row in refused] == ["REFUSED"] * len(refused)
    assert [(row["delivery_state"], row["rows_accepted"]) for row in loaded] == [("LOADED", 30)]
    assert (home.home / "archive" / bytes_hash[:2] / bytes_hash).exists()


def test_check_accepts_a_good_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = good(tmp_path)
    assert guarded(lambda: make_app("zh")(args=["check", str(path)]), "zh") == 0
    assert "30 行" in capsys.readouterr().out


def test_check_names_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: make_app("zh")(args=["check", "nowhere.xls"]), "zh") == 1
    assert "[FILE_MISSING]" in capsys.readouterr().err


def test_the_same_bytes_twice_change_nothing_but_a_line_on_the_board(home: Settings) -> None:
    good(home.home / "inbox")
    first = load_all(home, receive_files(home), _silent)
    before = _lake(home)
    good(home.home / "inbox")
    assert receive_files(home) == []
    assert first
    after = _lake(home)
    told = {path for path in after if path.endswith("-duplicate.parquet")}
    assert {path: data for path, data in after.items() if path not in told} == before
    assert len(told) == len({row["sha256"] for row in first})


def _lake(home: Settings) -> dict[str, bytes]:
    files = {str(path): path.read_bytes() for path in home.lake.rglob("*.parquet")}
    assert files
    return files
