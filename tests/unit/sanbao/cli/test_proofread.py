"""`sanbao proofread`: what is said of a report, in both languages, and of what is none."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reports import proofread
from sanbao.cli.app import main
from sanbao.queries.proofreading import proofread_file, sentence
from sanbao.words import TEXTS

SLIPS = "一、情况\n脱攻贫坚，，大力发展。\n三、打算\n"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["proofread", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_text_of_another_encoding_is_read_and_told_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "报告.txt").write_bytes(SLIPS.encode("gb18030"))
    code, out, _ = said(capsys, str(tmp_path / "报告.txt"))
    assert code == 1
    assert "第2行 疑有错漏字" in out and "“脱贫攻坚”" in out and "第2行 标点重复" in out
    assert "“三、打算”之前缺序号 二" in out


def test_for_programs_it_is_said_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "报告.txt").write_text(SLIPS, "utf-8")
    code, out, _ = said(capsys, str(tmp_path / "报告.txt"), "--json")
    found = json.loads(out)
    assert code == 1 and {"SLIP", "PUNCTUATION", "HEADING_MISSING"} <= {each["code"] for each in found}
    assert all(each["message"] and isinstance(each["line"], int) for each in found)


def test_a_clean_text_ends_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    towns = "徐城街道、迈陈镇、海安镇、曲界镇、前山镇、西连镇、下桥镇、龙塘镇、下洋镇、锦和镇、和安镇"
    (tmp_path / "报告.md").write_text(f"两不愁已实现，人均可支配收入提高，C级住房已改造：{towns}。", "utf-8")
    assert said(capsys, str(tmp_path / "报告.md"))[:2] == (0, "没有发现要改的地方。\n")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("报告.docx", b"PK\x03\x04 broken", "DOCUMENT_UNREADABLE"),
        ("报告.wps", b"\xd0\xcf\x11\xe0", "DOCUMENT_UNREADABLE"),
        ("报告.txt", "乱".encode() + b"\xff\xff\xff", "DOCUMENT_UNREADABLE"),
        ("报告.txt", None, "FILE_MISSING"),
        ("文件夹", "folder", "FILE_IS_FOLDER"),
    ],
)
def test_what_is_no_text_is_said_so(
    name: str, data: bytes | str | None, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if isinstance(data, bytes):
        path.write_bytes(data)
    elif data:
        path.mkdir()
    ended, _, err = said(capsys, str(path))
    assert ended != 0 and code in err


def test_every_finding_has_words_in_both_languages(tmp_path: Path) -> None:
    codes = set(re.findall(r'Finding\(\s*"(\w+)"', Path(proofread.__file__).read_text("utf-8")))
    assert len(codes) > 8
    assert {f"proofread.{code}" for code in codes} <= TEXTS.keys()
    (tmp_path / "报告.txt").write_text(SLIPS, "utf-8")
    for finding in proofread_file(tmp_path / "报告.txt"):
        assert "{" not in sentence(finding, "zh") + sentence(finding, "en")
