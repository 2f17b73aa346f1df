"""The command `sanbao`: what a person runs; the DAG calls the same functions."""

# No `from __future__ import annotations` here: typer needs the option types defined inside functions.

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from foundation.language import Language
from sanbao.cli import commands
from sanbao.cli.contradiction_commands import add_contradictions
from sanbao.cli.doctor_commands import add_doctor
from sanbao.cli.override_commands import add_override
from sanbao.cli.printing_commands import add_printing
from sanbao.cli.sftp_commands import add_sftp
from sanbao.errors import TEXTS, SanbaoError
from sanbao.failures import unexpected
from sanbao.settings import keep_private, load_settings
from sanbao.storage import storage_error
from sanbao.words import text


def make_app(lang: Language) -> typer.Typer:
    """The command line with its help in `lang`. A factory, because typer fixes help texts on definition."""
    app = typer.Typer(
        help=text("app", lang), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    _add_night(app, lang)
    _add_decisions(app, lang)
    add_override(app, lang)
    _add_questions(app, lang)
    add_contradictions(app, lang)
    add_printing(app, lang)
    _add_tools(app, lang)
    add_doctor(app, lang)
    add_sftp(app, lang)
    return app


def _add_night(app: typer.Typer, lang: Language) -> None:
    def h(key: str) -> str:
        return text(key, lang)

    as_of_type = Annotated[str | None, typer.Option("--as-of", help=h("opt.as_of"), metavar="D")]
    known_type = Annotated[str | None, typer.Option("--known-by", help=h("opt.known_by"), metavar="T")]
    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command(help=h("load"))
    def load(as_of: as_of_type = None, known_by: known_type = None, as_json: json_type = False) -> None:
        commands.load(lang, as_of, known_by, as_json)

    @app.command(help=h("receive"))
    def receive(
        as_json: json_type = False,
        clock_is_right: Annotated[bool, typer.Option("--clock-is-right", help=h("opt.clock"))] = False,
    ) -> None:
        commands.receive(lang, as_json, clock_is_right)

    @app.command(help=h("build"))
    def build(
        as_of: as_of_type = None,
        known_by: known_type = None,
        layer: Annotated[str | None, typer.Option(help=h("opt.layer"))] = None,
        force: Annotated[bool, typer.Option(help=h("opt.force"))] = False,
        target: Annotated[str | None, typer.Option(help=h("opt.target"), metavar="ENGINE")] = None,
    ) -> None:
        commands.build(lang, as_of, known_by, layer, force, target)

    @app.command(help=h("publish"))
    def publish(
        force: Annotated[bool, typer.Option(help=h("opt.force"))] = False,
        accept_fall: Annotated[bool, typer.Option("--accept-fall", help=h("opt.accept_fall"))] = False,
        reason: Annotated[str | None, typer.Option("--reason", help=h("opt.reason"))] = None,
    ) -> None:
        commands.publish(lang, force, accept_fall, reason)

    @app.command(help=h("rollback"))
    def rollback() -> None:
        commands.rollback(lang)

    @app.command(help=h("remind"))
    def remind(
        as_of: as_of_type = None,
        today: Annotated[str | None, typer.Option("--today", help=h("opt.today"), metavar="D")] = None,
        as_json: json_type = False,
    ) -> None:
        commands.remind(lang, as_of, today, as_json)


def _add_decisions(app: typer.Typer, lang: Language) -> None:
    def h(key: str) -> str:
        return text(key, lang)

    what_type = Annotated[str, typer.Argument(help=h("arg.received"), metavar="FILE")]
    reason_type = Annotated[str, typer.Option("--reason", help=h("opt.reason"))]
    by_type = Annotated[str | None, typer.Option("--by", help=h("opt.by"))]
    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command(help=h("accept"))
    def accept(what: what_type, reason: reason_type, by: by_type = None, as_json: json_type = False) -> None:
        commands.accept(lang, what, reason, by, as_json)

    @app.command(help=h("retry"))
    def retry(what: what_type, as_json: json_type = False) -> None:
        commands.retry(lang, what, as_json)

    @app.command(help=h("withdraw"))
    def withdraw(
        what: what_type, reason: reason_type, by: by_type = None, as_json: json_type = False
    ) -> None:
        commands.withdraw(lang, what, reason, by, as_json)


def _add_questions(app: typer.Typer, lang: Language) -> None:
    def h(key: str) -> str:
        return text(key, lang)

    as_of_type = Annotated[str | None, typer.Option("--as-of", help=h("opt.as_of"), metavar="D")]
    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command(help=h("status"))
    def status(
        as_of: as_of_type = None,
        held: Annotated[bool, typer.Option("--held", help=h("opt.held"))] = False,
        as_json: json_type = False,
    ) -> None:
        commands.status(lang, as_of, held, as_json)

    @app.command(help=h("figures"))
    def figures(
        as_of: as_of_type = None,
        reported: Annotated[bool, typer.Option("--reported", help=h("opt.reported"))] = False,
        as_json: json_type = False,
    ) -> None:
        commands.figures(lang, as_of, reported, as_json)

    @app.command(help=h("members"))
    def members(
        figure: Annotated[str, typer.Argument(help=h("arg.figure"))],
        town: Annotated[str | None, typer.Option(help=h("opt.town"))] = None,
        lacking: Annotated[bool, typer.Option("--lacking", help=h("opt.lacking"))] = False,
        as_of: as_of_type = None,
        as_json: json_type = False,
    ) -> None:
        commands.members(lang, figure, town, lacking, as_of, as_json)

    @app.command(help=h("trace"))
    def trace(
        what: Annotated[str, typer.Argument(help=h("arg.what"))],
        as_of: as_of_type = None,
        as_json: json_type = False,
    ) -> None:
        commands.trace(lang, what, as_of, as_json)


def _add_tools(app: typer.Typer, lang: Language) -> None:
    def h(key: str) -> str:
        return text(key, lang)

    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command(help=h("sample"))
    def sample(
        out: Annotated[Path, typer.Option(help=h("opt.out"))],
        seed: Annotated[int, typer.Option(help=h("opt.seed"))] = 2019,
        scale: Annotated[float, typer.Option(help=h("opt.scale"))] = 1.0,
        faults: Annotated[int, typer.Option(help=h("opt.faults"))] = 0,
        style: Annotated[int, typer.Option(help=h("opt.style"), min=1, max=2)] = 1,
        contradictions: Annotated[
            bool, typer.Option("--contradictions", help=h("opt.sample_contradictions"))
        ] = False,
        years: Annotated[int, typer.Option(help=h("opt.years"), min=1, max=5)] = 1,
    ) -> None:
        commands.sample(lang, out, seed, scale, faults, style, contradictions, years)

    @app.command(help=h("check"))
    def check(
        file: Annotated[Path, typer.Argument(help=h("arg.file"))],
        department: Annotated[str | None, typer.Option(help=h("opt.department"))] = None,
        as_json: json_type = False,
    ) -> None:
        commands.check(lang, file, department, as_json)

    @app.command(help=h("verify"))
    def verify(
        repair: Annotated[bool, typer.Option("--repair", help=h("opt.repair"))] = False,
        adopt: Annotated[bool, typer.Option("--adopt", help=h("opt.adopt"))] = False,
        as_json: json_type = False,
    ) -> None:
        commands.verify(lang, repair, adopt, as_json)

    @app.command(help=h("feeds"))
    def feeds(
        check: Annotated[bool, typer.Option("--check", help=h("opt.check"))] = False,
        as_json: json_type = False,
    ) -> None:
        commands.feeds(lang, check, as_json)

    @app.command(help=h("backup"))
    def backup(
        to: Annotated[Path | None, typer.Option("--to", help=h("opt.to"))] = None,
        as_json: json_type = False,
    ) -> None:
        commands.backup(lang, to, as_json)

    @app.command(help=h("restore"))
    def restore(
        file: Annotated[Path, typer.Argument(help=h("arg.backup"))], as_json: json_type = False
    ) -> None:
        commands.restore(lang, file, as_json)

    @app.command(help=h("housekeeping"))
    def housekeeping(as_json: json_type = False) -> None:
        commands.housekeeping(lang, as_json)

    @app.command(help=h("accounts"))
    def accounts(as_json: json_type = False) -> None:
        commands.accounts(lang, as_json)

    @app.command(help=h("up"))
    def up() -> None:
        from sanbao.stack import up as start

        start(load_settings())

    @app.command(help=h("down"))
    def down() -> None:
        from sanbao.stack import down as stop

        stop(load_settings())


def _take_lang(arguments: list[str]) -> tuple[str | None, list[str]]:
    """`--lang en` may stand anywhere, before or after the command."""
    rest: list[str] = []
    lang: str | None = None
    items = iter(arguments)
    for item in items:
        if item == "--lang":
            lang = next(items, "")
        elif item.startswith("--lang="):
            lang = item.partition("=")[2]
        else:
            rest.append(item)
    return lang, rest


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; every failure ends in one sentence, a remedy and a code, never a stack trace."""
    lang, rest = _take_lang(sys.argv[1:] if arguments is None else arguments)
    if lang is not None:
        os.environ["SANBAO_LANG"] = lang
    speak: Language = "en" if os.environ.get("SANBAO_LANG") == "en" else "zh"

    def run() -> None:
        keep_private()
        if rest[:1] != ["doctor"]:  # which names every setting that cannot be used, and goes on
            load_settings()
        make_app(speak)(args=rest, prog_name="sanbao")

    raise SystemExit(guarded(run, speak))


def guarded(run: Callable[[], None], lang: Language) -> int:
    """Run, and turn any exception into what a clerk can read; returns the exit code."""
    try:
        run()
    except SanbaoError as error:
        _say_error(error, lang)
        return 1
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001  (the last line of defence before a clerk)
        _say_error(_of_storage(error) or unexpected(error), lang)
        return 1
    return 0


def _say_error(error: SanbaoError, lang: Language) -> None:
    typer.echo(f"[{error.code}] {error.sentence(lang)}", err=True)
    if TEXTS[error.code][1]:
        typer.echo(error.remedy(lang), err=True)


def _of_storage(error: Exception) -> SanbaoError | None:
    try:
        return storage_error(error, load_settings())
    except (OSError, SanbaoError):
        return None
