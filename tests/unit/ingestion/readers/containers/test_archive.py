"""Zip deliveries: names, nesting, bounds, tricks."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingestion.readers import Refusal, entries, is_archive
from tests.unit.ingestion.readers.make import xlsx, zipped


def code(data: bytes) -> tuple[str, str]:
    result = entries(data)
    assert isinstance(result, Refusal), result
    return result.code, result.detail.get("reason", "")


def test_what_is_no_archive_is_itself() -> None:
    for data in (b"a,b\n1,2\n", xlsx([["姓名"]]), b""):
        assert not is_archive(data)
        assert entries(data) == [("", data)]


def test_names_in_gbk_and_nested_archives() -> None:
    inner = zipped({"徐城街道.csv": b"1", "__MACOSX/._x": b"0", "~$徐城.xls": b"0", "a/thumbs.db": b"0"})
    raw = zipped({"XXXX.csv": b"2"}).replace(b"XXXX", "教育".encode("gb18030"))
    assert entries(raw) == [("教育.csv", b"2")]
    outer = zipped({"一/内.zip": inner, "二.csv": b"3"})
    assert entries(outer) == [("一/内.zip/徐城街道.csv", b"1"), ("二.csv", b"3")]


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "C:\\x.csv", "..\\x.csv"])
def test_paths_that_lead_out_are_refused(name: str) -> None:
    assert code(zipped({name: b"1"})) == ("ARCHIVE_UNSAFE", "path")


def test_bombs_are_refused() -> None:
    assert code(zipped({"a.csv": b"0" * (4 << 20)})) == ("ARCHIVE_UNSAFE", "ratio")
    assert code(zipped({f"{n}.csv": b"0" for n in range(501)})) == ("ARCHIVE_UNSAFE", "count")
    nested = zipped({"a.csv": b"1"})
    for _ in range(3):
        nested = zipped({"in.zip": nested})
    assert code(nested) == ("ARCHIVE_UNSAFE", "depth")


def test_a_directory_that_lies_about_sizes() -> None:
    data = zipped({"a.csv": b"0123456789" * 100})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.infolist()[0].file_size.to_bytes(4, "little")
    assert code(data.replace(size, (10).to_bytes(4, "little")))[0] in ("ARCHIVE_UNSAFE", "FILE_TRUNCATED")


def test_encrypted_truncated_and_other_archives() -> None:
    data = bytearray(zipped({"a.csv": b"1"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert code(bytes(data))[0] == "FILE_ENCRYPTED"
    assert code(zipped({"a.csv": b"1" * 1000})[:60])[0] == "FILE_TRUNCATED"
    assert is_archive(b"Rar!\x1a\x07\x00")
    assert code(b"Rar!\x1a\x07\x00")[0] == "ARCHIVE_UNSUPPORTED"
