"""A Word document out of a template and a basis, the same bytes whenever it is printed again."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate

from foundation.files import write_bytes
from foundation.language import chinese_day, chinese_month
from reports.basis import Basis
from reports.numbers import Number
from reports.template import environment

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
AUTHOR = "三保障数据仓库"


def context(basis: Basis, printed_on: date) -> dict[str, Any]:
    """What a template may print: every figure of the catalogue by its id, and the dates."""
    return {
        **{name: Number(figure) for name, figure in basis.figures.items()},
        "year": str(basis.as_of.year),
        "as_of": in_words(basis.as_of),
        "printed_on": in_words(printed_on),
        "printed_month": chinese_month(printed_on),
    }


def in_words(day: date) -> str:
    return chinese_day(day.year, day.month, day.day)


def midnight(day: date) -> datetime:
    """The moment that a file's properties bear; they have no zone."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def print_document(template: Path, values: dict[str, Any], stamp: date, out: Path, title: str) -> None:
    """Fill in `template`, and write it whole or not at all; `stamp` is its date in the file's properties."""
    document = DocxTemplate(template)
    document.render(values, environment(), autoescape=True)
    moment = midnight(stamp)
    properties = document.docx.core_properties
    properties.author = properties.last_modified_by = AUTHOR
    properties.title = title
    properties.created = properties.modified = moment
    properties.revision = 1
    buffer = io.BytesIO()
    document.save(buffer)
    write_bytes(timeless(buffer.getvalue()), out)


def timeless(data: bytes) -> bytes:
    """The same zip without the moments at which its parts were written."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            new.writestr(info, old.read(entry))
    return target.getvalue()
