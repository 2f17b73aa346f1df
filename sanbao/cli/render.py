"""How results look: tables for a person, JSON for a program, progress bars on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table as RichTable
from rich.text import Text

from sanbao.errors import mask
from sanbao.night.summary import Summary, summary_lines
from sanbao.queries.serving import Table
from sanbao.words import text


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def as_json(value: Any) -> None:
    typer.echo(mask(json.dumps(value, ensure_ascii=False, default=_plain)))


def table(content: Table, as_program: bool) -> None:
    """Print `content`: JSON records, a table on a terminal, tab-separated lines into a pipe."""
    if as_program:
        as_json(content.records())
        return
    console = Console()
    if not console.is_terminal:
        typer.echo("\t".join(content.columns))
        for row in content.rows:
            typer.echo(mask("\t".join(cell(value) for value in row)))
        return
    view = RichTable(*content.columns, header_style="bold")
    for row in content.rows:
        view.add_row(*(mask(cell(value)) for value in row))
    console.print(view)


_WIDEST = 80  # columns: a line of findings is read on any terminal, and on paper
_COLOURS = {"OK": "green", "NOTE": "yellow", "ERROR": "bold red"}


def findings(rows: Sequence[tuple[str, str, str, str]]) -> None:
    """What a check found, as level, area, lines of text and the level's code, wrapped at 80 columns."""
    terminal = Console()
    console = Console(width=min(_WIDEST, terminal.width) if terminal.is_terminal else _WIDEST)
    view = RichTable.grid(padding=(0, 1))
    view.add_column(no_wrap=True)
    view.add_column(no_wrap=True)
    view.add_column(overflow="fold")
    for level, area, said, code in rows:
        view.add_row(Text(level, _COLOURS[code]), Text(area), Text(mask(said)))
    with console.capture() as drawn:
        console.print(view)
    for line in drawn.get().splitlines():
        typer.echo(line.rstrip())


def cell(value: Any) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)


_LISTED = (
    "partial", "refused", "nil", "duplicate", "not_taken", "missing", "stale", "reminded", "disagreeing",
)  # fmt: skip


def summary(result: Summary, lang: str, as_program: bool) -> None:
    """What loaded, what was held, what is missing."""
    if as_program:
        as_json(result.as_dict())
        return
    for line in summary_lines(result, lang):
        typer.echo(mask(line))


class NightProgress:
    """Two bars on a terminal, nothing elsewhere."""

    def __init__(self, bars: Progress, lang: str) -> None:
        self._bars = bars
        self._files = bars.add_task(text("progress.load", lang), total=None, visible=False)
        self._nodes = bars.add_task(text("progress.build", lang), total=None, visible=False)

    def on_file(self, what: str, done: int, of: int) -> None:
        self._bars.update(self._files, completed=done, total=of, visible=True)

    def on_node(self, node: str, status: str) -> None:
        self._bars.update(self._nodes, advance=1, visible=True)


@contextmanager
def night_progress(lang: str, quiet: bool) -> Iterator[NightProgress]:
    """Progress on the error stream, so that standard output stays clean for a program."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bars:
        yield NightProgress(bars, lang)


class BytesProgress:
    """How much was read of how much."""

    def __init__(self, bars: Progress, label: str, total: int) -> None:
        self._bars = bars
        self._task = bars.add_task(label, total=total)
        self.done = 0

    def on_bytes(self, count: int) -> None:
        self.done += count
        self._bars.update(self._task, completed=self.done)


@contextmanager
def bytes_progress(lang: str, total: int, quiet: bool) -> Iterator[BytesProgress]:
    """The same for reading: by bytes."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bars:
        yield BytesProgress(bars, text("progress.verify", lang), total)


Say = Callable[[str], None]
