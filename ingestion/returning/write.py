"""Write the marked copies that are due: read the file again, mark what is wrong, put it in its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from foundation.language import Language
from ingestion.contracts import Catalog
from ingestion.lake import batch_files
from ingestion.lake.home import Home
from ingestion.lake.received_file import received_file
from ingestion.lake.records import Outcome
from ingestion.lake.schema import PROBLEM
from ingestion.matching.feeds import known_headers
from ingestion.matching.marked_columns import without_summary
from ingestion.readers import Reading, read
from ingestion.readers.sandbox import READ_SECONDS, try_out, unread
from ingestion.returning.copies import Returned, put
from ingestion.returning.due import DueCopy
from ingestion.returning.marked import marked_copy
from ingestion.returning.marked.model import RowKey


def write_copies(home: Home, catalog: Catalog, due: Iterable[DueCopy], lang: Language) -> None:
    """Write these marked copies in their order."""
    for each in due:
        first = each.outcomes[0]
        if (data := received_file(home, each.container_sha256, first.sha256)) is None:
            continue
        problems = _without(_problems(home, each.outcomes, lang), each.told.left_out)
        copy = marked_copy(
            data,
            unread() if each.is_harmful else _read(data, catalog),
            each.told.accounting,
            problems,
            file_name=first.file_name,
            received_at=first.received_at,
            corrected=each.told.corrected,
            lang=lang,
        )
        wanted = Returned(
            sha256=first.sha256,
            container_sha256=each.container_sha256,
            department=first.department,
            name="",
            batches=tuple(outcome.batch_id for outcome in each.outcomes),
            corrected=len(each.told.corrected),
            told=each.told.digest,
        )
        put(home, wanted, each.stem, copy.suffix, copy.data)


def ends_its_process(home: Home, due: DueCopy, seconds: float = READ_SECONDS) -> bool:
    """Whether making this copy ends the process that does it; tried in one that nobody needs."""
    first = due.outcomes[0]
    data = received_file(home, due.container_sha256, first.sha256)
    return data is not None and bool(
        try_out(data, first.file_name, first.department, "copy", seconds).ended_by
    )


def _problems(home: Home, outcomes: Sequence[Outcome], lang: Language) -> pa.Table:
    tables = (batch_files.read(home, "problem", outcome.batch_id, schema=PROBLEM) for outcome in outcomes)
    found = [table for table in tables if table is not None]
    return in_language(pa.concat_tables(found), lang) if found else PROBLEM.empty_table()


def in_language(problems: pa.Table, lang: Language) -> pa.Table:
    """The table with its sentences in `lang`, where they were stored."""
    for name in ("message", "remedy") if lang == "en" else ():
        said = pc.coalesce(problems[f"{name}_en"], problems[name])
        problems = problems.set_column(problems.schema.get_field_index(name), name, said)
    return problems


def _without(problems: pa.Table, rows: Collection[RowKey]) -> pa.Table:
    """The problems that are not of `rows`."""
    if not rows:
        return problems
    names = ("batch_id", "source_sheet", "source_row")
    places = zip(*(problems[name].to_pylist() for name in names), strict=True)
    keep = [row is None or (batch, sheet or "", row) not in rows for batch, sheet, row in places]
    return problems.filter(pa.array(keep, pa.bool_()))


def _read(data: bytes, catalog: Catalog) -> Reading | None:
    """The file as it was read when it was loaded; None where a decoder gave up on its bytes."""
    try:
        return without_summary(read(data, known_headers=known_headers(catalog)))
    except OSError:
        return None
