"""`sanbao sftp`: the service, and the departments' ways in."""

# No `from __future__ import annotations` here: typer needs the option types defined inside functions.

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from foundation.language import Language
from sanbao.cli import render
from sanbao.errors import SanbaoError
from sanbao.queries.serving import Table
from sanbao.settings import load_settings
from sanbao.words import text

if TYPE_CHECKING:
    from sanbao.servers.sftp_accounts import Accounts


def add_sftp(app: typer.Typer, lang: Language) -> None:
    """Add the group of commands, with its help in `lang`."""

    def h(key: str) -> str:
        return text(key, lang)

    group = typer.Typer(help=h("sftp"), no_args_is_help=True)
    app.add_typer(group, name="sftp")
    department_type = Annotated[str, typer.Argument(help=h("opt.department"))]

    @group.command(help=h("sftp.serve"))
    def serve() -> None:
        from sanbao.servers import sftp

        sftp.serve(load_settings())

    @group.command(help=h("sftp.password"))
    def password(department: department_type) -> None:
        typer.echo(_accounts(department).new_password(department))
        typer.echo(text("sftp.password_once", lang), err=True)

    @group.command(help=h("sftp.key"))
    def key(
        department: department_type, file: Annotated[Path, typer.Argument(help=h("arg.public_key"))]
    ) -> None:
        if not file.is_file():
            raise SanbaoError("FILE_MISSING", file=str(file))
        _accounts(department).allow_key(department, file.read_text("utf-8"))

    @group.command(help=h("sftp.close"))
    def close(department: department_type) -> None:
        _accounts(department).close(department)

    @group.command("list", help=h("sftp.list"))
    def show(as_json: Annotated[bool, typer.Option("--json", help=h("opt.json"))] = False) -> None:
        known = _accounts()
        rows = [
            (name, ", ".join(text(f"sftp.has_{way}", lang) for way in known.ways_in(name)) or "-")
            for name in known.departments
        ]
        render.table(Table(("department", "access"), rows), as_json)


def _accounts(department: str | None = None) -> "Accounts":
    """Raises SanbaoError: SFTP_MISSING, DEPARTMENT_UNKNOWN."""
    try:
        from sanbao.servers.sftp import accounts
    except ModuleNotFoundError as error:
        raise SanbaoError("SFTP_MISSING") from error
    known = accounts(load_settings())
    if department is not None and department not in known.departments:
        names = ", ".join(known.departments)
        raise SanbaoError("DEPARTMENT_UNKNOWN", department=department, known=names)
    return known
