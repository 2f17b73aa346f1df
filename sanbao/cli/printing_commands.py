"""The commands about documents, with their options: report, sign, diff, export, sheets and lists."""

# No `from __future__ import annotations` here: typer needs the option types defined inside functions.

from pathlib import Path
from typing import Annotated

import typer

from foundation.language import Language
from sanbao.cli import printing
from sanbao.words import text


def add_printing(app: typer.Typer, lang: Language) -> None:
    """Add them to the command line, with their help in `lang`."""

    def h(key: str) -> str:
        return text(key, lang)

    as_of_type = Annotated[str | None, typer.Option("--as-of", help=h("opt.as_of"), metavar="D")]
    known_type = Annotated[str | None, typer.Option("--known-by", help=h("opt.known_by"), metavar="T")]
    moments_type = Annotated[list[str], typer.Option("--known-by", help=h("opt.two_moments"), metavar="T")]
    date_type = Annotated[str | None, typer.Option("--date", help=h("opt.printed_on"), metavar="D")]
    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command(help=h("report"))
    def report(
        as_of: as_of_type = None,
        known_by: known_type = None,
        draft: Annotated[bool, typer.Option("--draft", help=h("opt.draft"))] = False,
        template: Annotated[Path | None, typer.Option("--template", help=h("opt.template"))] = None,
        printed_on: date_type = None,
        pdf: Annotated[bool, typer.Option("--pdf", help=h("opt.pdf"))] = False,
        as_json: json_type = False,
    ) -> None:
        printing.report(lang, as_of, known_by, draft, template, printed_on, pdf, as_json)

    @app.command(help=h("proofread"))
    def proofread(
        document: Annotated[Path, typer.Argument(help=h("arg.document"))], as_json: json_type = False
    ) -> None:
        printing.proofread(lang, document, as_json)

    @app.command(help=h("sign"))
    def sign(
        town: Annotated[str | None, typer.Option("--town", help=h("opt.sign_town"))] = None,
        by: Annotated[str | None, typer.Option("--by", help=h("opt.sign_by"))] = None,
        reason: Annotated[str | None, typer.Option("--reason", help=h("opt.sign_reason"))] = None,
        as_of: as_of_type = None,
        known_by: known_type = None,
        as_json: json_type = False,
    ) -> None:
        printing.sign(lang, as_of, known_by, town, by, reason, as_json)

    @app.command(help=h("diff"))
    def diff(
        figure: Annotated[str, typer.Argument(help=h("arg.figure"))],
        known_by: moments_type,
        as_of: as_of_type = None,
        as_json: json_type = False,
    ) -> None:
        printing.diff(lang, figure, known_by, as_of, as_json)

    @app.command(help=h("export"))
    def export(
        public: Annotated[bool, typer.Option("--public", help=h("opt.public"))] = False,
        as_of: as_of_type = None,
        out: Annotated[Path | None, typer.Option(help=h("opt.export_out"))] = None,
    ) -> None:
        printing.export(lang, public, as_of, out)

    _add_sheets(app, lang)


def _add_sheets(app: typer.Typer, lang: Language) -> None:
    def h(key: str) -> str:
        return text(key, lang)

    as_of_type = Annotated[str | None, typer.Option("--as-of", help=h("opt.as_of"), metavar="D")]
    role_type = Annotated[str, typer.Option("--role", help=h("opt.role"), metavar="ROLE")]
    json_type = Annotated[bool, typer.Option("--json", help=h("opt.json"))]

    @app.command("household-sheet", help=h("household-sheet"))
    def household_sheet(
        household: Annotated[str, typer.Argument(help=h("arg.household"))],
        as_of: as_of_type = None,
        role: role_type = "county",
        as_json: json_type = False,
    ) -> None:
        printing.household_sheet(lang, household, as_of, role, as_json)

    @app.command("village-list", help=h("village-list"))
    def village_list(
        village: Annotated[str, typer.Argument(help=h("arg.village"))],
        town: Annotated[str | None, typer.Option("--town", help=h("opt.village_town"))] = None,
        as_of: as_of_type = None,
        role: role_type = "county",
        as_json: json_type = False,
    ) -> None:
        printing.village_list(lang, village, town, as_of, role, as_json)
