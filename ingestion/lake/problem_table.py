"""From what was found in a batch to the lake's table of problems: each with its sentence and remedy.

Both languages are stored, so that whoever shows a problem need not know how it was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingestion.checking.batch import Batch, Finding
from ingestion.lake.records import Outcome
from ingestion.lake.schema import PROBLEM
from ingestion.messages.problems import CHECK_KINDS, FileProblem, cell_sentences, kind_of, remedy, sentence
from ingestion.parsing.column_types import TEXT
from ingestion.text.masking import mask_id_column, mask_shown, mask_shown_column, shown_name

_SHOWN_CHARACTERS = 60
_NUMBERS_OF_PEOPLE = frozenset({"id_number", "id_bearing", "bank_account"})


@dataclass(frozen=True)
class _Places:
    """How a language names a row, and a sheet before a cell or a row; `{}` is filled in."""

    row: tuple[str, str]
    sheet: tuple[str, str]


_CHINESE = _Places(("第 ", " 行"), ("表页“", "” "))
_ENGLISH = _Places(("row ", ""), ("sheet “", "” "))


def problem_table(outcome: Outcome, batch: Batch | None, refusal: FileProblem | None = None) -> pa.Table:
    """One row per problem, with its sentences; what refused the file comes first."""
    whole = [(refusal.code, refusal.words, "error")] if refusal else []
    if batch is None:
        return _file_rows(outcome, whole)
    notes = [(code, words, "warning") for code, words in batch.notes]
    cells = [_cell_rows(outcome, batch, finding) for finding in batch.findings]
    return pa.concat_tables([_file_rows(outcome, [*whole, *notes]), *cells])


def _file_rows(outcome: Outcome, notes: Sequence[tuple[str, dict[str, str], str]]) -> pa.Table:
    """Problems of the file as a whole: code, words, severity."""
    rows = [
        {
            "batch_id": outcome.batch_id,
            "feed": outcome.feed,
            "source_sheet": mask_shown(words.get("sheet", "")),
            # A question about a column is kept with what it is about.
            "column_name": words.get("column"),
            "header": words.get("header") if "column" in words else None,
            "value_shown": mask_shown(words.get("value", "")) if "column" in words else None,
            "cell": "",
            "code": code,
            "severity": severity,
            "message": sentence(code, words),
            "remedy": remedy(code, words),
            "message_en": sentence(code, words, english=True),
            "remedy_en": remedy(code, words, english=True),
        }
        for code, words, severity in notes
    ]
    return pa.Table.from_pylist(rows, schema=PROBLEM)


def _cell_rows(outcome: Outcome, batch: Batch, finding: Finding) -> pa.Table:
    count = len(finding.rows)
    kind = kind_of(CHECK_KINDS.get(finding.kind or "", finding.code))
    tables = pa.array(batch.table_of_row[finding.rows])
    numbers = pa.array(batch.row_number[finding.rows])
    if finding.at_row is not None:
        numbers = pa.array([finding.at_row], pa.int32())
    letters = pa.array(batch.letters(finding.column), TEXT).take(tables)
    cells = pc.binary_join_element_wise(letters, numbers.cast(TEXT), "")
    values = _shown(batch, finding, finding.column, finding.values)
    headers = _headers(batch, finding.column, tables)
    fields: dict[str, pa.Array | str] = {
        "header": headers,
        "value": values,
        "detail": finding.detail if finding.detail is not None else "",
        "beside": _headers(batch, finding.beside, tables),
        "beside_value": _shown(batch, finding, finding.beside, None),
    }
    chinese = {**fields, **_places(batch, finding, cells, letters, numbers, _CHINESE)}
    english = {**fields, **_places(batch, finding, cells, letters, numbers, _ENGLISH)}
    columns = [
        pa.repeat(pa.scalar(outcome.batch_id, TEXT), count),
        pa.repeat(pa.scalar(batch.contract.feed, TEXT), count),
        pa.array([t.table.sheet for t in batch.tables], TEXT).take(tables),
        numbers,
        pa.repeat(pa.scalar(finding.column, TEXT), count),
        headers,
        cells,
        pa.repeat(pa.scalar(finding.code, TEXT), count),
        pa.repeat(pa.scalar(finding.severity, TEXT), count),
        pa.repeat(pa.scalar(finding.costs if finding.severity == "error" else None, TEXT), count),
        values,
        mask_shown_column(cell_sentences(kind.message, chinese, count)),
        mask_shown_column(cell_sentences(kind.remedy, chinese, count)),
        mask_shown_column(cell_sentences(kind.english, english, count)),
        mask_shown_column(cell_sentences(kind.english_remedy, english, count)),
    ]
    return pa.table(columns, schema=PROBLEM)


def _headers(batch: Batch, column: str | None, tables: pa.Array) -> pa.Array:
    """What stands over a column in the file, or its header in the contract where the file lacks it."""
    own = batch.contract.column(column).header if column else ""
    found = [header or own for header in batch.headers(column)]
    return mask_shown_column(pa.array(found, TEXT).take(tables))


def _shown(batch: Batch, finding: Finding, column: str | None, values: pa.Array | None) -> pa.Array:
    if values is not None:
        return mask_shown_column(values)
    coded = batch.texts.get(column or "")
    if coded is None:
        return pa.repeat(pa.scalar("", TEXT), len(finding.rows))
    texts = coded.texts.take(pa.array(coded.codes[finding.rows]))
    is_id = batch.contract.column(column or "").pii in _NUMBERS_OF_PEOPLE
    masked = mask_id_column(texts) if is_id else mask_shown_column(texts)
    return pc.utf8_slice_codeunits(masked, 0, _SHOWN_CHARACTERS)


def _places(
    batch: Batch, finding: Finding, cells: pa.Array, letters: pa.Array, numbers: pa.Array, words: _Places
) -> dict[str, pa.Array]:
    """How a sentence names the cell (表页“徐城” F12; 第 12 行 where the file lacks the column) and {like}."""
    tables = batch.table_of_row[finding.rows]
    cell = pc.if_else(pc.equal(letters, ""), _rows(numbers, words), cells)
    if len(batch.tables) > 1:
        cell = pc.binary_join_element_wise(_sheets(batch, tables, words), cell, "")
    if finding.like_row is not None:
        return {"cell": cell, "like": _rows(finding.like_row, words)}
    if finding.like is None:
        return {"cell": cell}
    other = batch.table_of_row[finding.like]
    like = _rows(pa.array(batch.row_number[finding.like]), words)
    elsewhere = pa.array(other != tables)
    prefix = pc.if_else(elsewhere, _sheets(batch, other, words), "")
    return {"cell": cell, "like": pc.binary_join_element_wise(prefix, like, "")}


def _rows(numbers: pa.Array, words: _Places) -> pa.Array:
    return pc.binary_join_element_wise(words.row[0], numbers.cast(TEXT), words.row[1], "")


def _sheets(batch: Batch, tables: np.ndarray, words: _Places) -> pa.Array:
    before, after = words.sheet
    names = [f"{before}{shown_name(table.table.sheet)}{after}" for table in batch.tables]
    return pa.array(names, TEXT).take(pa.array(tables))
