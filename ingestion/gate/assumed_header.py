"""A file without a header whose columns are those of the delivery before: read by its header, asked about.

What types, codes and keys cannot tell apart (two names side by side) may still have changed places: such a
file is held as a whole until somebody lets it through.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingestion.checking.arrival import arrival_of
from ingestion.checking.columns import check
from ingestion.contracts import Catalog, Contract
from ingestion.lake.deliveries import History
from ingestion.lake.home import Home
from ingestion.lake.received_file import received_file
from ingestion.lake.records import outcomes_by_file
from ingestion.lake.result import File
from ingestion.matching.feeds import MatchedTable, known_headers, match_table
from ingestion.matching.marked_columns import without_summary
from ingestion.messages.problems import FileProblem, quoted
from ingestion.readers import Reading, read

HEADER_ASSUMED = "HEADER_ASSUMED"
_WRONG = 0.05  # of the rows, or of the filled cells of a column: more, and it is not that column
_TELLING = 3  # columns that are no free text and hold something: fewer fit any file
_FREE = ("text", "person_name")


@dataclass(frozen=True)
class Assumed:
    """A file as it reads under the header of the delivery before, and what is asked about it."""

    reading: Reading
    problem: FileProblem


def assume_header(file: File, catalog: Catalog, home: Home) -> Assumed | None:
    """The file under the last header of a feed of its department; None where none fits, or several do."""
    fitting = [
        found
        for contract in catalog.contracts
        if contract.department == file.department and (found := _under_last(file, catalog, home, contract))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _under_last(file: File, catalog: Catalog, home: Home, contract: Contract) -> Assumed | None:
    """The file under the header of the last good delivery of a feed, where its columns fit."""
    last = _last_header(home, catalog, contract)
    if last is None:
        return None
    day, header = last
    reading = without_summary(read(file.data, known_headers=known_headers(catalog), header=header))
    if reading.refusal:
        return None
    tables = []
    for table in reading.tables:
        match = match_table(table, catalog, file_name=file.name, department=file.department)
        if not isinstance(match, MatchedTable) or match.contract.feed != contract.feed:
            return None
        tables.append(match)
    if not _fits(contract, tables, file.name):
        return None
    named = quoted(name for name in header if name)
    words = {"title": contract.title, "before_on": day, "columns": named, "owner": contract.owner}
    return Assumed(reading, FileProblem(HEADER_ASSUMED, words, contract.feed))


def _last_header(home: Home, catalog: Catalog, contract: Contract) -> tuple[str, tuple[str, ...]] | None:
    """(as_of, header) of the newest delivery that stands and was no marked copy."""
    history = History(home, contract)
    good = [
        d
        for d in history.deliveries
        if d["rows_accepted"] and not d["corrects_batch_id"] and d["batch_id"] not in history.withdrawn
    ]
    if not good:
        return None
    last = max(good, key=arrival_of)
    if (data := _file_of(home, last["batch_id"])) is None:
        return None
    for table in read(data, known_headers=known_headers(catalog)).tables:
        match = match_table(table, catalog, file_name="", department=None)
        if isinstance(match, MatchedTable) and match.contract.feed == contract.feed:
            return last["as_of"].isoformat(), table.header
    return None


def _file_of(home: Home, batch_id: str) -> bytes | None:
    """The file that a batch came in."""
    for sha256, outcomes in outcomes_by_file(home).items():
        for outcome in outcomes:
            if outcome.batch_id == batch_id:
                return received_file(home, sha256, outcome.sha256)
    return None


def _fits(contract: Contract, tables: list[MatchedTable], file_name: str) -> bool:
    """Whether rows and cells are those of the feed: few are wrong, and enough columns could be."""
    batch = check(contract, tables, file_name=file_name)
    if not batch.row_count or batch.held.mean() > _WRONG:
        return False
    telling = 0
    for column in contract.columns:
        if column.type in _FREE or column.name not in batch.texts:
            continue
        wrong = np.zeros(batch.row_count, np.bool_)
        for finding in batch.findings:
            if finding.column == column.name and finding.at_row is None:
                wrong[finding.rows] = True
        filled = ~batch.blank[column.name]
        if (wrong & filled).sum() > _WRONG * max(filled.sum(), 1):
            return False
        telling += bool(filled.any())
    return telling >= _TELLING
