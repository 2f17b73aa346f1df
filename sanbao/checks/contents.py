"""Whether every file is there, as it was written: the same proof as `sanbao verify`."""

from __future__ import annotations

from collections.abc import Iterator

from sanbao.checks.findings import Finding, found
from sanbao.night.integrity import bytes_to_read, names_and_records, verify
from sanbao.settings import Settings

AREA = "files"
ANCHOR = "文件坏了"


def check(settings: Settings, *, quick: bool) -> Iterator[Finding]:
    """Archive, records, lake, warehouse, serving file; `quick`: records and names alone."""
    import duckdb

    try:
        faults = names_and_records(settings) if quick else verify(settings)
    except duckdb.Error:
        # A writer has the warehouse: nothing is known of it, and of all else as little as a moment ago.
        yield found("NOTE", "WAREHOUSE_BUSY", AREA, path="warehouse/warehouse.duckdb")
        faults = names_and_records(settings)
        quick = True
    for fault in faults:
        said = (fault.sentence(settings.lang), fault.remedy(settings.lang))
        yield Finding("ERROR", fault.code, AREA, said=said, anchor=ANCHOR)
    if not faults:
        if quick:
            yield found("OK", "RECORDS_GOOD", AREA)
        else:
            yield found("OK", "FILES_GOOD", AREA, size=f"{bytes_to_read(settings) / 1e6:,.0f} MB")
