"""Do what a page of docs/ says, word for word, in a scratch copy of the project.

A fenced block belongs to the line above it, which is one of

    Create `path`:                     the block is the file
    Append to `path`:                  the block goes to its end
    In `path`, below `a line of it`:   the block is put below that line, which is there once
    Run:                               the block is commands, one a line
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("foundation", "ingestion", "dbt_project", "dashboards", "sanbao", "sample_county")
BLOCK = re.compile(r"^(?P<order>[^\n]+):\n\n```\w*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CREATE, APPEND = re.compile(r"Create `([^`]+)`"), re.compile(r"Append to `([^`]+)`")
BELOW = re.compile(r"In `([^`]+)`, below `([^`]+)`")


@dataclass
class Scratch:
    """A copy of the project, and what was done to it."""

    root: Path
    changed: set[str] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.root / "home"

    def run(self, command: str) -> str:
        """A command of a page; `sanbao` is the copy's own."""
        program, *arguments = shlex.split(command)
        assert program == "sanbao", command
        return self.python("-m", "sanbao.cli", *arguments)

    def python(self, *arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.root), "SANBAO_HOME": str(self.home)}
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return done.stdout


def copy_project(root: Path) -> Scratch:
    for room in ROOMS:
        ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
        shutil.copytree(ROOT / room, root / room, ignore=ignored)
    return Scratch(root)


def execute(page: Path, scratch: Scratch) -> None:
    """Follow the page from top to bottom; every block must be one that is understood."""
    text = page.read_text("utf-8")
    blocks = list(BLOCK.finditer(text))
    assert blocks
    assert len(blocks) == text.count("\n```") // 2, "a block of the page belongs to no order"
    for block in blocks:
        _follow(block["order"], block["text"], scratch)


def _follow(order: str, text: str, scratch: Scratch) -> None:
    if order == "Run":
        for command in text.splitlines():
            scratch.run(command)
            scratch.ran.append(command)
        return
    if found := CREATE.fullmatch(order):
        path = scratch.root / found[1]
        assert not path.exists(), path
        path.write_text(text, "utf-8")
    elif found := APPEND.fullmatch(order):
        path = scratch.root / found[1]
        before = path.read_text("utf-8")
        path.write_text(before if before.endswith("\n") else before + "\n", "utf-8")
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    else:
        found = BELOW.fullmatch(order)
        assert found, f"not understood: {order}"
        path = scratch.root / found[1]
        before = path.read_text("utf-8")
        assert before.splitlines().count(found[2]) == 1, f"{found[2]!r} is not there once"
        path.write_text(before.replace(found[2] + "\n", found[2] + "\n" + text, 1), "utf-8")
    scratch.changed.add(found[1])
