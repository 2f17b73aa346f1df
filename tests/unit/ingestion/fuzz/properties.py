"""What must hold for any bytes at all, whatever is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from ingestion.contracts import Catalog
from ingestion.gate.assess import judge
from ingestion.lake.problem_table import problem_table
from ingestion.lake.result import File, Result
from ingestion.lake.write import accepted_table, held_table, repair_table
from ingestion.matching.feeds import known_headers
from ingestion.matching.marked_columns import without_summary
from ingestion.messages.problems import PROBLEMS, remedy
from ingestion.readers import Reading, Refusal, entries, read
from ingestion.returning.marked import Accounting, marked_copy
from tests.unit.ingestion.helpers import catalog

CATALOG: Catalog = catalog()
KNOWN = known_headers(CATALOG)
NOON = datetime(2020, 1, 2, 12, tzinfo=UTC)
ID_NUMBER = re.compile(r"[0-9０-９]{14}[0-9０-９Xx]")
SHOWN = ("source_sheet", "header", "value_shown", "message", "remedy")
_LETTERS = MappingProxyType({letter: place for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)})


@dataclass(frozen=True)
class Verdict:
    """What became of a file: the code of its outcome, and how many rows were checked."""

    code: str
    rows: int = 0


def examine(data: bytes, *, copies: bool = True) -> Verdict:
    """Take bytes through archive, readers, checker and marked copy; returns what became of them.

    Raises AssertionError when something was lost, invented, left unsaid or shown that must not be.
    """
    found = entries(data)
    if isinstance(found, Refusal):
        assert found.code in PROBLEMS, found.code
        return Verdict(found.code)
    verdicts = [examine_file(content, copies=copies) for _, content in found]
    return verdicts[0] if verdicts else Verdict("ARCHIVE_EMPTY")


def examine_file(
    data: bytes, *, copies: bool = True, exact: bool = False, department: str = "health_insurance"
) -> Verdict:
    """The same for one file; `exact`: its marked copy must have the very same number of rows."""
    reading = read(data, known_headers=KNOWN)
    check_reading(reading)
    digest = sha256(data).hexdigest()
    name = "2019年6月参保.xls"
    results = judge(File(data, digest, name, None, digest, department, NOON), CATALOG, None)
    assert results
    for result in results:
        check_result(result)
    if reading.refusal is None:
        judged = [result for result in results if result.batch]
        rows = sum(len(table.row_numbers) for table in without_summary(reading).tables)
        assert sum(result.outcome.rows_read for result in judged) <= rows
        if copies and judged:
            check_copy(data, reading, judged, exact=exact)
    first = results[0].outcome
    return Verdict(first.reason_code or first.delivery_state, sum(r.outcome.rows_read for r in results))


def check_reading(reading: Reading) -> None:
    assert (reading.refusal is None) == bool(reading.tables)
    if reading.refusal is not None:
        assert reading.refusal.code in PROBLEMS, reading.refusal.code
    for table in reading.tables:
        assert table.cells.shape == (len(table.row_numbers), len(table.header))
        rows = [*table.row_numbers.tolist(), *(skipped.row for skipped in table.skipped)]
        assert len(rows) == len(set(rows)), "a row was taken and left out at once"
        assert min(rows, default=1) >= 1
        assert not table.cells.isna().to_numpy().any()


def check_result(result: Result) -> None:
    """Accounting, known codes, findings inside the table, no ID number in anything that is shown."""
    outcome, batch = result.outcome, result.batch
    assert outcome.reason_code != "INTERNAL", outcome.reason
    assert outcome.reason_code is None or outcome.reason_code in PROBLEMS, outcome.reason_code
    assert outcome.rows_read == outcome.rows_accepted + outcome.rows_held
    said = outcome.model_copy(update={"sha256": "", "batch_id": ""}).model_dump_json()
    assert not ID_NUMBER.search(said), "an ID number in the outcome"
    problems = problem_table(outcome, batch, result.file_problem)
    for name in SHOWN:
        for text in set(problems[name].to_pylist()):
            assert not ID_NUMBER.search(text or ""), f"an ID number in {name}"
    if batch is None:
        assert outcome.rows_read == 0
        return
    refused = outcome.delivery_state == "REFUSED"
    held = np.ones(batch.row_count, np.bool_) if refused else batch.held
    assert batch.row_count == outcome.rows_read
    assert len(held_table(outcome, batch, held)) == outcome.rows_held
    if not refused:
        assert len(accepted_table(outcome.batch_id, batch, ~held)) == outcome.rows_accepted
    repair_table(outcome, batch)
    _check_cells(result, problems)


def _check_cells(result: Result, problems: pa.Table) -> None:
    assert result.batch is not None
    places: set[tuple[str, int]] = set()
    widths: dict[str, int] = {}
    for matched in result.batch.tables:
        table = matched.table
        rows = [*table.row_numbers.tolist(), *(totals.row for totals in table.totals)]
        places.update((table.sheet, row) for row in rows)
        last = table.first_column + len(table.header)
        widths[table.sheet] = max(widths.get(table.sheet, 0), last)
    for sheet, row, at, code in zip(
        *(problems[name].to_pylist() for name in ("source_sheet", "source_row", "cell", "code")), strict=True
    ):
        assert code in PROBLEMS or code.isupper(), code
        if row is None or ID_NUMBER.search("".join(widths)) or sheet not in widths:
            continue
        assert (sheet, row) in places, f"{code} at {sheet}!{at}, where no row of the table is"
        letters = re.match(r"[A-Z]*", at or "")
        assert letters is not None
        assert _column(letters[0]) <= widths[sheet], f"{code} at {at}, beyond the last column"


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + _LETTERS[letter]
    return number


def check_copy(data: bytes, reading: Reading, results: list[Result], *, exact: bool = False) -> None:
    """The marked copy can be made, is no formula, and reads back with as many rows."""
    tables = [problem_table(r.outcome, r.batch, r.file_problem) for r in results]
    accounting = [
        Accounting(
            batch_id=r.outcome.batch_id,
            title="",
            state=r.outcome.delivery_state,
            reason=r.outcome.reason or "",
            remedy=remedy(r.outcome.reason_code, {}) if r.outcome.reason_code else "",
            rows_read=r.outcome.rows_read,
            rows_accepted=r.outcome.rows_accepted,
            rows_held=r.outcome.rows_held,
            rows_corrected=0,
        )
        for r in results
    ]
    copy = marked_copy(
        data, reading, accounting, pa.concat_tables(tables), file_name="参保.xls", received_at=NOON
    )
    assert copy.suffix in (".xlsx", ".csv"), "the copy could not be written, only the list of problems"
    back = without_summary(read(copy.data, known_headers=KNOWN))
    assert back.refusal is None, back.refusal
    if not exact and "TEXT_IRREGULAR" in reading.notes:
        return  # where quotes are broken, two cells more on a line can change what the next ones are
    before, after = _rows(without_summary(reading)), _rows(back)
    # Two cells more can make data of what looked like the title of another table.
    assert after == before or (after > before and not exact), f"{before} rows given, {after} given back"


def _rows(reading: Reading) -> int:
    return sum(len(table.row_numbers) for table in reading.tables)
