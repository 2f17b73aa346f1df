"""`sanbao override`: an official's word against the files, its list and its lift."""

# No `from __future__ import annotations` here: typer needs the option types defined inside functions.

from typing import Annotated, Any

import typer

from foundation.language import Language
from sanbao.cli import render, render_lists
from sanbao.errors import SanbaoError, mask
from sanbao.queries.serving import Table
from sanbao.settings import load_settings, parse_as_of, parse_date
from sanbao.words import text

_LISTED = (
    "override_id", "register_household_no", "register_person_no", "guarantee_label", "state",
    "override_state",
    "until_on", "recorded_by", "reason", "evidence", "lifted_by", "lift_reason",
)  # fmt: skip


def add_override(app: typer.Typer, lang: Language) -> None:
    """Add it to the command line, with its help in `lang`."""

    def h(key: str) -> str:
        return text(key, lang)

    @app.command(help=h("override"))
    def override(
        household: Annotated[str | None, typer.Argument(help=h("arg.household"))] = None,
        person: Annotated[str | None, typer.Option("--person", help=h("opt.override_person"))] = None,
        guarantee: Annotated[str | None, typer.Option("--guarantee", help=h("opt.guarantee"))] = None,
        state: Annotated[str | None, typer.Option("--state", help=h("opt.state"))] = None,
        reason: Annotated[str | None, typer.Option("--reason", help=h("opt.reason"))] = None,
        evidence: Annotated[str | None, typer.Option("--evidence", help=h("opt.evidence"))] = None,
        until: Annotated[str | None, typer.Option("--until", help=h("opt.until"), metavar="D")] = None,
        as_of: Annotated[
            str | None, typer.Option("--as-of", help=h("opt.override_from"), metavar="D")
        ] = None,
        amendment: Annotated[str | None, typer.Option("--amendment", help=h("opt.amendment"))] = None,
        by: Annotated[str | None, typer.Option("--by", help=h("opt.by"))] = None,
        lift: Annotated[str | None, typer.Option("--lift", help=h("opt.lift"), metavar="ID")] = None,
        list_all: Annotated[bool, typer.Option("--list", help=h("opt.override_list"))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=h("opt.json"))] = False,
    ) -> None:
        if list_all:
            _show_all(lang, as_of, as_json)
        elif lift is not None:
            _lift(lang, lift, reason, by, as_json)
        else:
            given = {
                "HOUSEHOLD": household, "--guarantee": guarantee, "--state": state, "--reason": reason,
                "--evidence": evidence, "--until": until,
            }  # fmt: skip
            _record(lang, given, person, as_of, amendment, by, as_json)


def _record(
    lang: Language,
    given: dict[str, str | None],
    person: str | None,
    as_of: str | None,
    amendment: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    from sanbao.night import overrides

    if missing := [name for name, value in given.items() if value is None]:
        raise SanbaoError("OVERRIDE_INCOMPLETE", missing=", ".join(missing))
    household, guarantee, state, reason, evidence, until = (str(value) for value in given.values())
    asked = overrides.Asked(
        household, person, guarantee, state, reason, evidence,
        parse_date(until, "--until"), parse_as_of(as_of), amendment,
    )  # fmt: skip
    _say("done.override", lang, overrides.record(load_settings(), asked, by), as_json)


def _lift(lang: Language, lift: str, reason: str | None, by: str | None, as_json: bool) -> None:
    from sanbao.night import overrides

    _say("done.override_lift", lang, overrides.lift(load_settings(), lift, reason, by), as_json)


def _say(key: str, lang: Language, row: dict[str, Any], as_json: bool) -> None:
    if as_json:
        render.as_json(row)
    else:
        begins, until = row["speaks_for_on"].isoformat(), row["until_on"].isoformat()
        typer.echo(mask(text(key, lang, override=row["override_id"], begins=begins, until=until)))


def _show_all(lang: Language, as_of: str | None, as_json: bool) -> None:
    from sanbao.night import overrides

    rows = overrides.listed(load_settings(), parse_as_of(as_of))
    if as_json:
        render.as_json(rows)
        return
    lines = [tuple(each.get(name) for name in _LISTED) for each in rows]
    in_force = sum(bool(each["is_in_force"]) for each in rows)
    title = text("override.title", lang, count=len(rows), in_force=in_force)
    render_lists.print_list(Table(_LISTED, lines), _LISTED, title, lang, "override_state")
