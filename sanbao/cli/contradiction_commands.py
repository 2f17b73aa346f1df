"""`sanbao contradictions`: what is said otherwise than it is counted, and who shows it."""

# No `from __future__ import annotations` here: typer needs the option types defined inside functions.

from typing import Annotated

import typer

from foundation.language import Language
from sanbao.cli import render_contradictions
from sanbao.settings import load_settings, parse_as_of
from sanbao.words import text


def add_contradictions(app: typer.Typer, lang: Language) -> None:
    """Add the command, with its help in `lang`."""

    def h(key: str) -> str:
        return text(key, lang)

    @app.command(help=h("contradictions"))
    def contradictions(
        which: Annotated[str | None, typer.Argument(help=h("arg.contradiction"))] = None,
        town: Annotated[str | None, typer.Option("--town", help=h("opt.town"))] = None,
        every: Annotated[bool, typer.Option("--all", help=h("opt.contradictions_all"))] = False,
        as_of: Annotated[str | None, typer.Option("--as-of", help=h("opt.as_of"), metavar="D")] = None,
        as_json: Annotated[bool, typer.Option("--json", help=h("opt.json"))] = False,
    ) -> None:
        day = parse_as_of(as_of)
        if which is None:
            render_contradictions.contradictions(load_settings(), day, every, lang, as_json)
        else:
            render_contradictions.refuting(load_settings(), which, town, day, lang, as_json)
