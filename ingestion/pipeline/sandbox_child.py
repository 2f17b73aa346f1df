"""The process that a file may kill.

`python -m ingestion.pipeline.sandbox_child PURPOSE NAME DEPARTMENT < FILE`
"""

from __future__ import annotations

import hashlib
import os
import resource
import sys
from datetime import UTC, datetime

import pyarrow as pa

from ingestion.contracts import Catalog, load_catalog
from ingestion.gate.assess import judge
from ingestion.lake.problem_table import problem_table
from ingestion.lake.result import File
from ingestion.pipeline.load import check_bytes
from ingestion.readers.sandbox import OUT_OF_MEMORY
from ingestion.returning.marked import marked_copy
from ingestion.returning.statement import accounting_of

_MEMORY = 4 << 30  # address space, of which the libraries reserve about 1 GB


def main(purpose: str, name: str, department: str) -> int:
    """Exit code 0 when the file was read to the end, OUT_OF_MEMORY when it wanted too much."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        data, catalog = sys.stdin.buffer.read(), load_catalog()
        if purpose == "report":
            report = check_bytes(data, name, catalog, department=department or None)
            sys.stdout.buffer.write(report.to_json())
        else:
            _load(data, name, department, catalog, copy=purpose == "copy")
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _load(data: bytes, name: str, department: str, catalog: Catalog, *, copy: bool) -> None:
    now, digest = datetime.now(UTC), hashlib.sha256(data).hexdigest()
    results = judge(File(data, digest, name, None, digest, department or None, now), catalog, None)
    if copy:
        problems = [problem_table(r.outcome, r.batch, r.file_problem) for r in results]
        accounting = [accounting_of(catalog, r.outcome) for r in results]
        reading = results[0].reading
        marked_copy(data, reading, accounting, pa.concat_tables(problems), file_name=name, received_at=now)


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)  # how the libraries clean up after themselves says nothing about the file
