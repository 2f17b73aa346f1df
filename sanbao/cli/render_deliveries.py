"""How the delivery board looks on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import typer
from rich.console import Console
from rich.table import Table as RichTable

from foundation.language import COUNTY_TIME, Language
from sanbao.cli import render
from sanbao.errors import mask
from sanbao.night.load import left_in_inbox, unfinished
from sanbao.night.night import left_text
from sanbao.queries import deliveries
from sanbao.queries.overrides import counts
from sanbao.queries.serving import Table, served_as_of
from sanbao.settings import Settings
from sanbao.words import TEXTS, text

_FEEDS = (
    "department_name", "feed_title", "expected_period", "due_on", "arrival_label", "received_on", "days_late",
    "version", "rows_accepted", "rows_still_held", "newest_on", "refused_reason",
)  # fmt: skip
_FILES = (
    "received_at", "department_name", "file_name", "speaks_for_on", "delivery_state", "version", "rows_read",
    "rows_accepted", "rows_still_held", "cells_held", "reason", "remedy",
)  # fmt: skip
_HELD = (
    "department_name", "owner", "feed_title", "file_name", "source_sheet", "source_row", "cell", "age_days",
    "message", "remedy",
)  # fmt: skip
# The Chinese ones stand in the data dictionary of the serving file.
_ENGLISH_HEADS = {
    "department_name": "Department", "feed_title": "Table", "expected_period": "Period due",
    "due_on": "Due on", "arrival_label": "Arrival", "received_on": "First received", "days_late": "Days late",
    "version": "Version", "rows_read": "Rows read", "rows_accepted": "Rows accepted",
    "rows_still_held": "Rows still held", "cells_held": "Cells not taken",
    "newest_on": "Newest data", "refused_reason": "Last refusal",
    "received_at": "Received at", "file_name": "File", "speaks_for_on": "Data as of",
    "delivery_state": "State", "reason": "Reason", "remedy": "Remedy", "owner": "Owner",
    "source_sheet": "Sheet", "source_row": "Row", "cell": "Cell", "age_days": "Days held",
    "message": "Problem",
}  # fmt: skip
_LATEST_FILES = 20
_COLOURS = {
    "ARRIVED": "green", "NIL": "green", "LATE": "yellow", "PARTIAL": "yellow", "MISSING": "red",
    "REFUSED": "red", "LOADED": "green",
}  # fmt: skip


def status(settings: Settings, as_of: date | None, as_program: bool) -> None:
    """What each feed owes, and below it the latest files."""
    feeds, files = deliveries.feeds(settings, as_of), deliveries.files(settings)
    day = served_as_of(settings, as_of)
    if as_program:
        found = {
            "as_of": day,
            "feeds": feeds.records(),
            "files": files.records(),
            "overrides": asdict(counts(settings, day)),
            "unfinished": unfinished(settings),
            "not_taken": left_in_inbox(settings),
        }
        render.as_json(found)
        return
    lang = settings.lang
    heads = _heads(settings)
    _print(feeds, _FEEDS, text("status.feeds", lang, as_of=day), heads, lang, "arrival_state")
    latest = Table(files.columns, files.rows[:_LATEST_FILES])
    for row in unfinished(settings):
        key = "status.unfinished" if row["is_archive_whole"] else "status.damaged"
        typer.echo(mask(text(key, lang, file=f"{row['department']}/{row['file_name']}")))
    title = text("status.files", lang, shown=len(latest.rows), all=len(files.rows))
    _print(latest, _FILES, title, heads, lang, "delivery_state")
    by_hand = counts(settings, day)
    if by_hand.in_force or by_hand.unfound:
        typer.echo(text("status.overrides", lang, **asdict(by_hand)))
    not_taken(settings)


def not_taken(settings: Settings) -> None:
    """What lies in the inbox since and could not be taken; nothing where all was."""
    left = left_in_inbox(settings)
    if left:
        typer.echo(f"{text('night.not_taken', settings.lang)} ({len(left)})")
    for entry in left:
        typer.echo(mask(f"  {left_text(entry)}"))


def held(settings: Settings, as_of: date | None, as_program: bool) -> None:
    """The quarantine: every row that waits for correction, by owner and age."""
    rows = deliveries.held(settings, as_of)
    if as_program:
        render.as_json(rows.records())
        return
    title = text("status.held", settings.lang, rows=len(rows.rows))
    _print(rows, _HELD, title, _heads(settings), settings.lang)


def _heads(settings: Settings) -> Mapping[str, str]:
    return deliveries.labels(settings) if settings.lang == "zh" else _ENGLISH_HEADS


def _print(
    content: Table,
    columns: tuple[str, ...],
    title: str,
    heads: Mapping[str, str],
    lang: Language,
    state: str | None = None,
) -> None:
    """Some columns of a table with their labels; tab-separated lines into a pipe."""
    console = Console()
    names = [heads.get(name, name) for name in columns]
    records = content.records()
    spoken = [_spoken(name, content, lang) for name in columns]
    lines = [[mask(_said(record[name], lang)) for name in spoken] for record in records]
    if not console.is_terminal:
        typer.echo("\n".join([title, "\t".join(names), *("\t".join(line) for line in lines)]))
        return
    view = RichTable(*names, title=title, title_justify="left", header_style="bold")
    for record, line in zip(records, lines, strict=True):
        view.add_row(*line, style=_COLOURS.get(str(record[state])) if state else None)
    console.print(view)


def _spoken(name: str, content: Table, lang: Language) -> str:
    """The column that says `name` in the reader's language."""
    return f"{name}_en" if lang == "en" and f"{name}_en" in content.columns else name


def _said(value: Any, lang: Language) -> str:
    """A cell: moments by the county's clock, states of a file in words."""
    if isinstance(value, datetime):
        return render.cell(value.replace(tzinfo=UTC).astimezone(COUNTY_TIME))
    if isinstance(value, str) and f"state.{value}" in TEXTS:
        return text(f"state.{value}", lang)
    return render.cell(value)
