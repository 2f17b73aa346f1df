"""The commands of who keeps an installation running: doctor, drill."""

# No `from __future__ import annotations` here: typer needs the option types defined inside functions.

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundation.language import Language
from sanbao.cli import render
from sanbao.errors import mask
from sanbao.settings import load_settings
from sanbao.words import text

if TYPE_CHECKING:
    from sanbao.checks.findings import Finding

_SHOWN = 10  # findings of one kind


def add_doctor(app: typer.Typer, lang: Language) -> None:
    """Add them to the command line, with their help in `lang`."""

    def h(key: str) -> str:
        return text(key, lang)

    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command(help=h("doctor"))
    def doctor(
        quick: Annotated[bool, typer.Option("--quick", help=h("opt.quick"))] = False,
        as_json: json_type = False,
    ) -> None:
        _doctor(lang, quick, as_json)

    @app.command(help=h("drill"))
    def drill(
        file: Annotated[Path | None, typer.Argument(help=h("arg.drill"))] = None, as_json: json_type = False
    ) -> None:
        _drill(lang, file, as_json)


def _doctor(lang: Language, quick: bool, as_json: bool) -> None:
    """Exit code 0 only when nothing is an error."""
    from sanbao.checks.doctor import examine
    from sanbao.checks.findings import LEVELS

    _, findings = examine(os.environ, quick=quick)
    levels = [finding.level for finding in findings]
    if as_json:
        records = [finding.record(lang) for finding in findings]
        render.as_json({"ok": "ERROR" not in levels, "findings": records})
    else:
        _show(findings, lang)
        counts = {name.lower(): levels.count(name) for name in LEVELS}
        typer.echo(text("doctor.count", lang, all=len(levels), **counts))
    if "ERROR" in levels:
        raise typer.Exit(1)


def _show(findings: "list[Finding]", lang: Language) -> None:
    from sanbao.checks.findings import PAGE, area_title, shortened

    said_area = ""
    rows = []
    for finding, more in shortened(findings, _SHOWN):
        lines = [finding.sentence(lang)]
        if remedy := finding.remedy(lang):
            page = text("doctor.page", lang, page=PAGE, anchor=finding.anchor) if finding.anchor else ""
            lines.append(text("doctor.remedy", lang) + remedy + page)
        if more:
            lines.append(text("doctor.more", lang, count=more))
        area = area_title(finding.area, lang)
        level = text(f"doctor.level.{finding.level}", lang)
        rows.append((level, "" if area == said_area else area, "\n".join(lines), finding.level))
        said_area = area
    render.findings(rows)


def _drill(lang: Language, file: Path | None, as_json: bool) -> None:
    from sanbao.night.drill import drill as prove

    with render.night_progress(lang, quiet=as_json) as progress:
        done = prove(load_settings(), file, progress.on_node)
    if as_json:
        render.as_json(
            {"path": str(done.path), "files": done.file_count, "dates": done.dates, "figures": done.figures}
        )
        return
    key = "drill.moved_on" if done.figures is None else "drill.equal"
    figures = text(key, lang, count=done.figures)
    dates = ", ".join(done.dates) or "-"
    typer.echo(
        mask(text("done.drill", lang, path=done.path, files=done.file_count, dates=dates, figures=figures))
    )
