"""How contradictions look on a terminal: the sentence, both numbers, and how to see who shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import typer
from rich.console import Console

from foundation.language import Language
from sanbao.cli import render
from sanbao.cli.render_lists import print_list
from sanbao.errors import mask
from sanbao.queries import contradictions as queries
from sanbao.queries.serving import served_as_of
from sanbao.settings import Settings
from sanbao.words import text

_PEOPLE = (
    "identity_id", "town_name", "village_name", "register_household_no", "head_name", "person_name",
    "state", "reason", "left_amount", "right_amount",
)  # fmt: skip
_THINGS = (
    "identity_id", "town_name", "village_name", "left_amount", "right_amount", "file_name", "source_sheet",
    "source_row",
)  # fmt: skip
_WORTH_SAYING = ("BROKEN", "NOT_COUNTABLE")


def contradictions(
    settings: Settings, as_of: date | None, every: bool, lang: Language, as_program: bool
) -> None:
    """Those that are found or cannot be decided; with `every` also what holds and what nobody claims."""
    found = queries.contradictions(settings, as_of)
    if as_program:
        render.as_json(found.records())
        return
    records = found.records()
    broken = [row for row in records if row["identity_state"] == "BROKEN"]
    shown = records if every else [row for row in records if row["identity_state"] in _WORTH_SAYING]
    day = served_as_of(settings, as_of).isoformat()
    lines = [text("contradictions.title", lang, as_of=day, all=len(records), broken=len(broken))]
    for before, row in zip([None, *shown], shown, strict=False):
        if before is None or before["contradiction_id"] != row["contradiction_id"]:
            head = {"id": row["contradiction_id"], "statement": row["statement"]}
            lines.append(text("contradictions.head", lang, **head))
        lines += _lines(row, lang)
    console = Console()
    for line in lines:
        said = mask(line)
        if console.is_terminal:
            console.print(said, markup=False, highlight=False)
        else:
            typer.echo(said)


def _lines(row: Mapping[str, Any], lang: Language) -> Iterator[str]:
    state = row["identity_state"]
    said = text(f"contradictions.{state}", lang)
    yield text("contradictions.tested", lang, id=row["identity_id"], label=row["label"], state=said)
    if row["claimed_value"] is not None:
        claimed = _number(row["claimed_value"], row["claimed_unit"])
        counted = _number(row["counted_value"], row["counted_unit"])
        yield text("contradictions.sides", lang, claimed=claimed, counted=counted)
    if row["document_name"]:
        yield text("contradictions.document", lang, document=row["document_name"])
    if state == "BROKEN":
        severity = text(f"contradictions.{row['severity']}", lang)
        members = row["differing_count"]
        yield text("contradictions.members", lang, count=members, severity=severity, id=row["identity_id"])


def _number(value: Any, unit: str | None) -> str:
    if value is None:
        return "—"
    written = f"{value:f}"
    return (written.rstrip("0").rstrip(".") if "." in written else written) + (unit or "")


def refuting(
    settings: Settings, what: str, town: str | None, as_of: date | None, lang: Language, as_program: bool
) -> None:
    """The members that refute one contradiction; how many of them are not served is said too."""
    found = queries.refuting(settings, what, town, as_of)
    if as_program:
        render.as_json(found.records())
        return
    listed = found.records()
    day = served_as_of(settings, as_of).isoformat()
    title = text("contradictions.list", lang, id=what, as_of=day, count=len(listed))
    counted = sum(
        row["differing_count"]
        for row in queries.contradictions(settings, as_of).records()
        if row["identity_state"] == "BROKEN" and what in (row["contradiction_id"], row["identity_id"])
    )
    if town is None and counted > len(listed):
        title += "\n" + text("contradictions.unlisted", lang, count=counted - len(listed))
    of_households = [bool(row["register_household_no"]) for row in listed]
    if not any(of_households):
        # A thing that is neither household nor person has nothing but its key to be told by.
        columns: tuple[str, ...] = (*_THINGS, "member_key")
    else:
        columns = _PEOPLE if all(of_households) else (*_PEOPLE, "file_name", "source_row")
    print_list(found, columns, title, lang, "state")
