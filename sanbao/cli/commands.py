"""What each command does: call one function, show its result."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import typer

from foundation.language import Language
from sanbao.cli import render, render_deliveries, render_lists
from sanbao.errors import SanbaoError, mask
from sanbao.night import build as builder
from sanbao.night import decisions, night, reminders
from sanbao.night.home import catalog, prepare_home, refuse_unfinished_restore
from sanbao.night.load import LoadIncomplete, OutcomeRow, label, load_all, receive_files
from sanbao.night.publish import publish_serving
from sanbao.night.returns import renew_returns
from sanbao.queries import serving
from sanbao.settings import load_settings, parse_as_of, parse_date, parse_known_by
from sanbao.words import text


def load(lang: Language, as_of: str | None, known_by: str | None, as_json: bool) -> None:
    settings = load_settings()
    with render.night_progress(lang, quiet=as_json) as progress:
        result = night.night(
            settings, parse_as_of(as_of), parse_known_by(known_by), progress.on_file, progress.on_node
        )
    render.summary(result, lang, as_json)


def receive(lang: Language, as_json: bool, clock_is_right: bool = False) -> None:
    settings = replace(load_settings(), clock_is_right=clock_is_right)
    with render.night_progress(lang, quiet=as_json) as progress:
        receipts = receive_files(settings)
        try:
            outcomes = load_all(settings, receipts, progress.on_file)
        except LoadIncomplete as incomplete:
            raise incomplete.error() from incomplete
        finally:
            renew_returns(settings)
    if as_json:
        render.as_json(outcomes)
        return
    read, accepted, held, cells = (
        sum(int(row[name]) for row in outcomes)
        for name in ("rows_read", "rows_accepted", "rows_held", "cells_held")
    )
    files = len({row["sha256"] for row in outcomes})
    typer.echo(text("done.receive", lang, files=files, read=read, accepted=accepted, held=held, cells=cells))
    for row in outcomes:
        if row["reason_code"]:
            typer.echo(f"  {label(row)}: {row['reason_code']}")
    if outcomes:
        typer.echo(text("done.receive_returns", lang))
    render_deliveries.not_taken(settings)


def accounts(lang: Language, as_json: bool) -> None:
    """Make the folders, give them to the groups that there are, and show what became of each."""
    settings = load_settings()
    given = prepare_home(settings)
    rows = [
        (
            str(each.folder.relative_to(settings.home)),
            each.group,
            text(f"accounts.{each.state}", lang),
            f"{each.folder.stat().st_mode & 0o7777:04o}",
        )
        for each in given
    ]
    render.table(serving.Table(("folder", "group", "state", "mode"), rows), as_json)


def backup(lang: Language, to: Path | None, as_json: bool) -> None:
    from sanbao.night.backup import backup as write

    done = write(load_settings(), to)
    if as_json:
        render.as_json({"path": str(done.path), "files": done.file_count, "bytes": done.byte_count})
    else:
        size = f"{done.byte_count / 1e6:,.1f} MB"
        typer.echo(text("done.backup", lang, path=done.path, files=done.file_count, size=size))


def housekeeping(lang: Language, as_json: bool) -> None:
    from sanbao.night.housekeeping import keep_house

    done = keep_house(load_settings())
    if as_json:
        render.as_json(asdict(done))
        return
    size = f"{done.checked_bytes / 1e6:,.1f} MB"
    counts = {"compacted": done.compacted, "files": done.files, "records": done.records}
    typer.echo(text("done.housekeeping", lang, size=size, removed=len(done.removed), **counts))


def restore(lang: Language, file: Path, as_json: bool) -> None:
    from sanbao.night.restore import restore as bring_back

    if not file.is_file():
        raise SanbaoError("FILE_MISSING", file=str(file))
    with render.night_progress(lang, quiet=as_json) as progress:
        done = bring_back(load_settings(), file, progress.on_node)
    if as_json:
        render.as_json(asdict(done))
    else:
        typer.echo(text("done.restore", lang, files=done.file_count, dates=", ".join(done.dates) or "-"))


def accept(lang: Language, what: str, reason: str, by: str | None, as_json: bool) -> None:
    _say_decided("done.accept", lang, decisions.accept(load_settings(), what, reason, by), as_json)


def retry(lang: Language, what: str, as_json: bool) -> None:
    _say_decided("done.retry", lang, decisions.retry(load_settings(), what), as_json)


def withdraw(lang: Language, what: str, reason: str, by: str | None, as_json: bool) -> None:
    _say_decided("done.withdraw", lang, decisions.withdraw(load_settings(), what, reason, by), as_json)


def _say_decided(key: str, lang: Language, outcomes: list[OutcomeRow], as_json: bool) -> None:
    if as_json:
        render.as_json(outcomes)
        return
    typer.echo(text(key, lang))
    for row in outcomes:
        rows = f"{row['rows_read']} = {row['rows_accepted']} + {row['rows_held']}"
        reason = row["reason_en" if lang == "en" else "reason"]
        said = f" [{row['reason_code']}] {reason}" if reason else ""
        typer.echo(mask(f"  {row['file_name']} → {row['batch_id']}: {row['delivery_state']} {rows}{said}"))
    typer.echo(text("done.returns_later", lang))


def build(
    lang: Language,
    as_of: str | None,
    known_by: str | None,
    layer: str | None,
    force: bool,
    target: str | None = None,
) -> None:
    settings = load_settings().with_target(target)
    refuse_unfinished_restore(settings)
    with render.night_progress(lang, quiet=False) as progress:
        result = builder.build(
            settings,
            parse_as_of(as_of) or settings.as_of,
            parse_known_by(known_by),
            layer,
            on_node=progress.on_node,
            force=force,
        )
    typer.echo(text("done.build", lang, text=night.built_text(result)))


def publish(lang: Language, force: bool, accept_fall: bool, reason: str | None) -> None:
    settings = load_settings()
    refuse_unfinished_restore(settings)
    if accept_fall and not (reason or "").strip():
        raise SanbaoError("REASON_MISSING")
    with render.night_progress(lang, quiet=False) as progress:
        result = publish_serving(
            settings, force=force, accept_fall=reason if accept_fall else None, on_node=progress.on_node
        )
    renew_returns(settings)
    if result["rebuilt"]:
        typer.echo(text("night.rebuilt", lang) + ": " + ", ".join(result["rebuilt"]))
    if result["aside"]:
        typer.echo(text("night.set_aside", lang) + f": {result['aside']}")
    if result["skipped"]:
        typer.echo(text("done.publish_skipped", lang))
    else:
        typer.echo(text("done.publish", lang, path=settings.serving))
    if result["candidates"] is not None:
        typer.echo(text("night.candidates", lang, count=f"{result['candidates']:,}"))


def rollback(lang: Language) -> None:
    from sanbao.night.rollback import rollback

    settings = load_settings()
    refuse_unfinished_restore(settings)
    done = rollback(settings)
    typer.echo(text("done.rollback", lang, version=done.version, dates=", ".join(done.dates)))


def verify(lang: Language, repair: bool, adopt: bool, as_json: bool) -> None:
    """Exit code 0 only when everything is as it was written."""
    from sanbao.night import integrity

    settings = load_settings()
    if adopt:
        typer.echo(text("verify.adopted", lang, count=integrity.adopt(settings)), err=as_json)
    with render.bytes_progress(lang, integrity.bytes_to_read(settings), quiet=as_json) as read:
        mended = integrity.repair(settings, lambda name: None) if repair else []
        faults = integrity.verify(settings, read.on_bytes)
    if as_json:
        found = {"faults": [f.record(lang) for f in faults], "mended": [f.where for f in mended]}
        render.as_json({**found, "bytes_read": read.done})
    else:
        for fault in mended:
            typer.echo(text("verify.mended", lang, where=fault.where))
        for fault in faults:
            typer.echo(mask(f"[{fault.code}] {fault.sentence(lang)} {fault.remedy(lang)}"))
    if faults:
        raise SanbaoError("VERIFY_FAILED", count=len(faults))
    if not as_json:
        typer.echo(text("verify.whole", lang, size=round(read.done / 1e6)))


def status(lang: Language, as_of: str | None, held: bool, as_json: bool) -> None:
    settings = load_settings()
    if held:
        render_deliveries.held(settings, parse_as_of(as_of), as_json)
    else:
        render_deliveries.status(settings, parse_as_of(as_of), as_json)


def remind(lang: Language, as_of: str | None, today: str | None, as_json: bool) -> None:
    from ingestion.returning import reminder

    settings = load_settings()
    if today:
        settings = replace(settings, today=parse_date(today, "--today"))
    result = reminders.remind(settings, parse_as_of(as_of))
    if not result.speaks_for_now:
        serving.served_as_of(settings, result.as_of)  # a date that nothing is known of is no past date
    if as_json:
        render.as_json(asdict(result))
    elif not result.speaks_for_now:
        known = ", ".join(day.isoformat() for day in serving.published_dates(settings))
        typer.echo(text("remind.past", lang, known=known, today=result.today))
    elif not result.departments:
        typer.echo(text("remind.none", lang))
    else:
        names = ", ".join(f"returned/{name}/{reminder.NAMES[settings.lang]}" for name in result.departments)
        typer.echo(text("remind.done", lang, files=names))


def figures(lang: Language, as_of: str | None, reported: bool, as_json: bool) -> None:
    show = render_lists.reported if reported else render_lists.figures
    show(load_settings(), parse_as_of(as_of), lang, as_json)


def members(
    lang: Language, figure: str, town: str | None, lacking: bool, as_of: str | None, as_json: bool
) -> None:
    render_lists.members(load_settings(), figure, town, lacking, parse_as_of(as_of), lang, as_json)


def trace(lang: Language, what: str, as_of: str | None, as_json: bool) -> None:
    render_lists.trace(load_settings(), what, parse_as_of(as_of), lang, as_json)


def sample(
    lang: Language,
    out: Path,
    seed: int,
    scale: float,
    faults: int,
    style: int,
    contradictions: bool,
    years: int,
) -> None:
    # The one place of the product that touches the sample county: to write it, never to read from it.
    from sample_county import write

    truth = write(
        out, seed=seed, scale=scale, faults=faults, style=style, contradictions=contradictions, years=years
    )
    typer.echo(text("done.sample", lang, out=out, truth=truth))


def check(lang: Language, file: Path, department: str | None, as_json: bool) -> None:
    """Exit code 0 only when the whole file can be taken."""
    if file.is_dir():
        raise SanbaoError("FILE_IS_FOLDER", file=str(file))
    if department is not None and department not in catalog().departments:
        known = ", ".join(catalog().departments)
        raise SanbaoError("DEPARTMENT_UNKNOWN", department=department, known=known)
    if not file.is_file():
        raise SanbaoError("FILE_MISSING", file=str(file))
    from sanbao.cli.check_report import check_one

    report = check_one(file, department, lang)
    if as_json:
        render.as_json(report.records)
    else:
        for line in report.lines:
            typer.echo(mask(line), err=not report.ok)
    if not report.ok:
        raise typer.Exit(1)
    if not as_json:
        typer.echo(text("done.check", lang))


def feeds(lang: Language, check_files: bool, as_json: bool) -> None:
    contracts = catalog()
    if check_files:
        from sanbao.codegen import dbt_files, problem_docs

        outdated = [*dbt_files.outdated(contracts), *problem_docs.outdated(contracts)]
        if outdated:
            raise SanbaoError("GENERATED_STALE", detail=", ".join(outdated))
        typer.echo(text("done.feeds", lang, count=len(contracts)))
        return
    columns = ("department", "feed", "title", "cadence", "due_day", "delivery", "entity", "owner")
    rows = [
        (c.department_name, c.feed, c.title, c.cadence, c.due_day, c.delivery, "+".join(c.entity), c.owner)
        for c in contracts.contracts
    ]
    render.table(serving.Table(columns, rows), as_json)
