"""Whether the warehouse can be read, and moving one aside that cannot."""

from __future__ import annotations

import time
from pathlib import Path

_IN_USE = "Could not set lock"


def damage(path: Path) -> str | None:
    """Why a DuckDB file cannot be read whole; None when every block of every table can.

    DuckDB keeps a checksum per block and proves it whenever it reads one. Raises duckdb.IOException
    when another process has the file open for writing.
    """
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            connection.execute("set enable_progress_bar = false")
            # Its own catalogue only: a view may read the lake.
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not internal and not temporary"
            ).fetchall()
            for schema, name in tables:
                connection.execute(f'select sum(hash(t)::hugeint) from "{schema}"."{name}" t').fetchall()  # noqa: S608
    except duckdb.Error as error:
        if _IN_USE in str(error):
            raise
        return str(error).split("\n")[0][:200]
    return None


def set_aside(path: Path) -> Path:
    """Move a damaged warehouse and its log out of the way; the one that was moved before goes."""
    for older in path.parent.glob(f"{path.stem}.damaged-*"):
        older.unlink()
    aside = path.with_name(f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}{path.suffix}")
    wal = path.with_name(path.name + ".wal")
    if wal.exists():
        wal.rename(aside.with_name(aside.name + ".wal"))
    path.rename(aside)
    return aside
