"""docs/runbooks.md: every command in it exists, and all that the doctor names is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.main
import yaml

from ingestion.lake.faults import TEXTS as FAULTS
from sanbao.checks import backups, configuration, contents, doctor, keys, leftovers, ports, space
from sanbao.checks.findings import PAGE
from sanbao.checks.texts import TEXTS
from sanbao.cli.app import make_app
from sanbao.settings import PROJECT_ROOT

TEXT = (PROJECT_ROOT / PAGE).read_text("utf-8")
HEADINGS = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
WANTED = [
    "部门没交数",
    "文件被退",
    "夜间没跑完",
    "磁盘满了",
    "文件坏了",
    "恢复",
    "升级",
    "换密钥",
    "加一个部门",
    "卸载",
]
# What may follow a command in a sentence or a line: a comment, Chinese, a stop.
END = re.compile(r"\s{2,}#.*|[`；。，：）]|$", re.MULTILINE)


def commands(text: str) -> Iterator[list[str]]:
    """Every `sanbao …` of a text, as words; what stands for a file or a reason is one word."""
    for found in re.finditer(r"(?<![\w./-])sanbao (?=[a-z])", text):
        line = text[found.start() :]
        words = shlex.split(line[: END.search(line).start()], comments=True)  # type: ignore[union-attr]
        yield words[1:]


def refused(arguments: list[str]) -> str:
    """Why the command line would not take these words; '' where it would. Nothing is run."""
    command: Any = typer.main.get_command(make_app("zh"))
    context, rest = typer.Context(command, info_name="sanbao"), list(arguments)
    while hasattr(command, "commands"):
        if not rest or rest[0] not in command.commands:
            return f"no such command: {rest[:1]}"
        command = command.commands[rest.pop(0)]
    try:
        command.make_context(command.name, rest, parent=context)
    except Exception as error:
        if hasattr(error, "format_message"):
            return str(error.format_message())
        raise
    return ""


def in_page() -> list[list[str]]:
    # `sanbao doctor` and the like, wherever they stand; the compose service names no command.
    found = [words for words in commands(TEXT) if words[0] not in ("restore",) or len(words) > 1]
    assert len(found) > 30
    return found


def test_the_page_has_its_sections() -> None:
    assert [heading for heading in HEADINGS if heading in WANTED] == WANTED
    assert len(HEADINGS) == len(set(HEADINGS))


@pytest.mark.parametrize("words", in_page(), ids=" ".join)
def test_every_command_of_the_page_exists(words: list[str]) -> None:
    assert refused(words) == ""


@pytest.mark.parametrize(
    "words", [["loda"], ["load", "--as-off", "x"], ["accept", "x"], ["sftp", "open", "x"]]
)
def test_a_command_that_does_not_exist_is_seen(words: list[str]) -> None:
    assert refused(words)


def test_make_targets_services_and_scripts_of_the_page_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", TEXT))
    assert len(named) > 5 and named <= targets
    services = set(yaml.safe_load((PROJECT_ROOT / "docker-compose.yml").read_text())["services"])
    used = set(
        re.findall(r"docker compose (?:exec|restart|logs --tail 100|up -d|run --rm) ([a-z][a-z-]+)", TEXT)
    )
    assert len(used) > 4 and used <= services
    profiles = set(re.findall(r"--profile (\w+)", TEXT))
    assert profiles == {"backup", "cluster"}
    for path in re.findall(r"/opt/sanbao/([\w./]+)", TEXT):
        assert (PROJECT_ROOT / path).is_file()
    for name in re.findall(r"\]\(([\w.-]+\.md)\)", TEXT):
        assert (PROJECT_ROOT / "docs" / name).is_file()
    example = (PROJECT_ROOT / ".env.example").read_text()
    assert all(name in example for name in re.findall(r"SANBAO_[A-Z_]*[A-Z]\b", TEXT))


ANCHORS = {text.anchor for text in TEXTS.values()} | {contents.ANCHOR, configuration.ANCHOR}


def test_every_anchor_of_the_doctor_is_a_section() -> None:
    given = {*ANCHORS, *doctor.ANCHORS.values(), "恢复", "夜间没跑完", "加一个部门"} - {""}
    assert len(given) > 8 and given <= set(HEADINGS)


@pytest.mark.parametrize("module", [backups, configuration, contents, doctor, keys, leftovers, ports, space])
def test_anchors_that_stand_in_a_check_are_sections(module: object) -> None:
    source = Path(str(module.__file__)).read_text("utf-8")  # type: ignore[attr-defined]
    assert set(re.findall(r'"([一-鿿]+)"', source)) - {"、", "……"} <= set(HEADINGS)


@pytest.mark.parametrize("code", TEXTS)
def test_what_is_found_is_answered_in_both_languages(code: str) -> None:
    text = TEXTS[code]
    assert text.zh and text.en.isascii()
    # All is well, or there is something to do and a place that says more.
    assert bool(text.zh_remedy) == bool(text.en_remedy) == bool(text.anchor)


def named_by_the_doctor() -> set[tuple[str, ...]]:
    """Command and options of every `sanbao …` in the doctor's remedies; what it is run on is prose there."""
    remedies = [text.zh_remedy for text in TEXTS.values()] + [fault[1] for fault in FAULTS.values()]
    named = [words for remedy in remedies for words in commands(remedy)]
    found = {(words[0], *(word for word in words[1:] if word.startswith("-"))) for words in named}
    assert len(found) >= 8
    return found


@pytest.mark.parametrize("words", sorted(named_by_the_doctor()), ids=" ".join)
def test_what_the_doctor_tells_to_run_stands_in_the_page(words: tuple[str, ...]) -> None:
    assert any(own[0] == words[0] and set(words[1:]) <= set(own) for own in in_page()), words
