"""A county whose departments write ID numbers and a person's name into everything there is to write into."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import openpyxl

from ingestion.contracts import Catalog, Contract
from sanbao.codegen.problem_examples import STATED, clean_row
from tests.unit.ingestion.helpers import id_number

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_SURNAMES = "龘龖爨麤鱻驫灥厵飝犇羴猋骉雥毳掱"  # nobody of the sample county, and no word, has one of these
_BORN = "19731107"
_OURS = ("archive", "lake", "secrets", "inbox")
_CLEAN = 260


@dataclass(frozen=True)
class Planted:
    """What one department writes where it does not belong."""

    department: str
    name: str
    number: str

    @property
    def forms(self) -> tuple[str, ...]:
        n = self.number
        return (n, n.translate(WIDE), f"{n[:6]} {n[6:14]} {n[14:]}", n[:6] + n[8:17])

    def numbers_in(self, text: str) -> bool:
        """Whether anything beyond the first six places stands in `text`, however it is written."""
        bare = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text))
        return self.number[8:17] in bare


def planted(catalog: Catalog) -> list[Planted]:
    """One person per department."""
    departments = sorted({contract.department for contract in catalog.contracts})
    return [
        Planted(department, f"{_SURNAMES[i]}小{_SURNAMES[-1 - i]}", id_number(700 + i, _BORN))
        for i, department in enumerate(departments)
    ]


def drop(inbox: Path, catalog: Catalog, only: str | None = None) -> int:
    """Every feed's file, with both planted in every column, in sheet, title, header and file name.

    Returns the number of files; with `only` those of one department.
    """
    dropped = 0
    for person in planted(catalog):
        if only not in (None, person.department):
            continue
        folder = inbox / person.department
        folder.mkdir(parents=True, exist_ok=True)
        for n, contract in enumerate(catalog.of_department(person.department)):
            data = _book(contract, person)
            name = f"{contract.title}{person.name}{person.forms[n % 2]}"
            if n % 2:
                _zip(folder / f"{name}.zip", f"{person.name}/{name}.xlsx", data)
            else:
                (folder / f"{name}.xlsx").write_bytes(data)
            dropped += 1
        broken = f"打不开{person.name}{person.number}.xlsx"
        (folder / broken).write_bytes(b"PK\x03\x04" + f"{person.name}{person.number}".encode())
        other = f"另一张表{person.name}{person.number}.csv"
        (folder / other).write_text(
            f"{person.name},{person.number},数量\n" + "货,1,2\n" * 30, encoding="utf-8"
        )
        dropped += 2
    return dropped


def _book(contract: Contract, person: Planted) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = f"{person.name}{person.number}"
    sheet.append([f"{contract.title}（{person.name}{person.number}）"])
    sheet.append([STATED])
    sheet.append([*(column.header for column in contract.columns), f"经办{person.name}{person.number}"])
    for row in _rows(contract, person):
        sheet.append([row[column.name] for column in contract.columns] + [f"{person.name}{person.number}"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _rows(contract: Contract, person: Planted) -> Iterator[dict[str, str]]:
    """Clean rows, and among them one per column and form, and one per column with the name."""
    faulty = [(column.name, form) for column in contract.columns for form in person.forms[:2]]
    faulty += [(column.name, person.forms[2 + i % 2]) for i, column in enumerate(contract.columns)]
    faulty += [(column.name, person.name) for column in contract.columns]
    for number in range(1, _CLEAN + 4 * len(faulty)):
        row = clean_row(contract, number)
        if number % 5 == 0 and faulty:
            column, value = faulty.pop()
            row[column] = value
        yield row


def _zip(path: Path, entry: str, data: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, data)


def files_outside(home: Path) -> Iterator[tuple[Path, str]]:
    """Every file that more than the warehouse's own programs see, and what is in it, as text."""
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        relative = path.relative_to(home)
        if relative.parts[0] in _OURS or path.suffix in (".duckdb", ".wal"):
            continue
        yield relative, str(relative) + "\n" + _text(path)


def _text(path: Path) -> str:
    data = path.read_bytes()
    if not zipfile.is_zipfile(path):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def served(serving: Path) -> Iterator[tuple[str, str]]:
    """`table.column` and all its texts."""
    with duckdb.connect(str(serving), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall()
        for schema, table, column in columns:
            (row,) = connection.execute(
                f'select string_agg(distinct cast("{column}" as varchar), chr(10)) from {schema}."{table}"'
            ).fetchall()
            yield f"{table}.{column}", row[0] or ""
