"""The commands that write documents: the self-assessment, public figures, sheets, lists."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from foundation.language import Language, moment_in_words
from sanbao.cli import render, render_lists
from sanbao.errors import SanbaoError, mask
from sanbao.queries import serving
from sanbao.settings import load_settings, parse_as_of, parse_date, parse_known_by
from sanbao.words import text

if TYPE_CHECKING:
    from sanbao.night.sheets import Sheet

_SHOWN = 12  # contradictions on the terminal; the annex has all


def report(
    lang: Language,
    as_of: str | None,
    known_by: str | None,
    draft: bool,
    template: Path | None,
    printed_on: str | None,
    pdf: bool,
    as_json: bool,
) -> None:
    from sanbao.night.report import print_report
    from sanbao.queries.proofreading import sentence

    with render.night_progress(lang, quiet=as_json) as progress:
        done = print_report(
            load_settings(),
            parse_as_of(as_of),
            parse_known_by(known_by),
            draft=draft,
            template=template,
            printed_on=parse_date(printed_on, "--date") if printed_on else None,
            pdf=pdf,
            on_node=progress.on_node,
        )
    if as_json:
        render.as_json(asdict(done))
        return
    known = moment_in_words(done.known_by.replace(tzinfo=UTC), lang)
    typer.echo(text("report.done", lang, as_of=done.as_of.isoformat(), known=known))
    for path in done.files:
        typer.echo(f"  {path}")
    if done.contradicted:
        typer.echo(text("report.contradicted", lang, count=len(done.contradicted)), err=True)
        for line in done.contradicted[:_SHOWN]:
            typer.echo(mask(f"  {line}"), err=True)
        if len(done.contradicted) > _SHOWN:
            typer.echo(text("report.in_annex", lang), err=True)
    if done.hints:
        typer.echo(text("proofread.found", lang, count=len(done.hints)), err=True)
        for each in done.hints:
            typer.echo(mask(f"  {sentence(each, lang)}"), err=True)
    if done.is_draft:
        typer.echo(text("report.draft", lang, blocked=len(done.blocked), typed=len(done.typed)), err=True)
        for line in (*done.blocked, *done.typed):
            typer.echo(mask(f"  {line}"), err=True)


def proofread(lang: Language, document: Path, as_json: bool) -> None:
    """Exit code 1 where there is something to look at."""
    from sanbao.queries.proofreading import proofread_file, sentence

    found = proofread_file(document)
    if as_json:
        render.as_json([{**asdict(each), "message": mask(sentence(each, lang))} for each in found])
    else:
        typer.echo(text("proofread.found" if found else "proofread.none", lang, count=len(found)))
        for each in found:
            typer.echo(mask(f"  {sentence(each, lang)}"))
    if found:
        raise typer.Exit(1)


def sign(
    lang: Language,
    as_of: str | None,
    known_by: str | None,
    town: str | None,
    by: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    from sanbao.night import signing
    from sanbao.night.kept_basis import kept_basis

    settings = load_settings()
    with (
        render.night_progress(lang, quiet=as_json) as progress,
        kept_basis(settings, parse_as_of(as_of), parse_known_by(known_by), progress.on_node) as basis,
    ):
        done = signing.sign(settings, basis, town, by, reason)
        left = len(signing.missing_towns(settings, basis))
    if as_json:
        render.as_json(asdict(done))
        return
    key, basis_id = "done.sign_town" if done.town else "done.sign", done.basis_sha256[:16]
    typer.echo(text(key, lang, town=done.town, as_of=done.as_of, basis=basis_id, by=mask(done.by), left=left))


def diff(lang: Language, figure: str, known_by: list[str], as_of: str | None, as_json: bool) -> None:
    from reports.difference import difference
    from sanbao.night.kept_basis import kept_basis

    if len(known_by) != 2:
        raise SanbaoError("TWO_MOMENTS")
    settings, day = load_settings(), parse_as_of(as_of)
    day = day or serving.served_as_of(settings, None)
    with render.night_progress(lang, quiet=as_json) as progress, ExitStack() as opened:
        earlier, later = sorted(moment for each in known_by if (moment := parse_known_by(each)) is not None)
        before, after = (
            opened.enter_context(kept_basis(settings, day, moment, progress.on_node))
            for moment in (earlier, later)
        )
        if figure not in after.figures and figure not in before.figures:
            raise SanbaoError("FIGURE_UNKNOWN", figure=figure)
        found = difference(before, after, figure)
    if as_json:
        render.as_json(asdict(found))
        return
    render_lists.difference(found, lang)


def export(lang: Language, public: bool, as_of: str | None, out: Path | None) -> None:
    if not public:
        raise SanbaoError("EXPORT_KIND")
    settings = load_settings()
    day = serving.served_as_of(settings, parse_as_of(as_of))
    from dashboards.public_export import LostMemory, UnguardedFigure, export_public

    try:
        folder, memory = out or settings.home / "reports", settings.home / "archive" / "public_export.json"
        done = export_public(settings.serving, settings.warehouse, day, folder, memory)
    except UnguardedFigure as error:
        raise SanbaoError("EXPORT_UNGUARDED", figure=str(error)) from error
    except LostMemory as error:
        raise SanbaoError("EXPORT_MEMORY_DAMAGED", file=str(memory)) from error
    files = ", ".join(str(path) for path in done.files)
    typer.echo(text("done.export", lang, files=files, shown=done.shown, hidden=done.hidden))


def household_sheet(lang: Language, household: str, as_of: str | None, role: str, as_json: bool) -> None:
    from sanbao.night.sheets import print_household_sheet

    done = print_household_sheet(load_settings(), household, parse_as_of(as_of), role)
    _say_written("done.household_sheet", lang, done, as_json)


def village_list(
    lang: Language, village: str, town: str | None, as_of: str | None, role: str, as_json: bool
) -> None:
    from sanbao.night.sheets import print_village_list

    done = print_village_list(load_settings(), village, town, parse_as_of(as_of), role)
    _say_written("done.village_list", lang, done, as_json)


def _say_written(key: str, lang: Language, done: Sheet, as_json: bool) -> None:
    if as_json:
        render.as_json(asdict(done))
        return
    typer.echo(text(key, lang, as_of=done.as_of.isoformat(), path=done.path, **done.counts))
