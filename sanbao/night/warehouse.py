"""Whether the warehouse can be read, and moving one aside that cannot."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

# Of its IO errors, those that speak of the file; a lock, a full disk or a missing right are none of them.
_OF_THE_FILE = ("Corrupt", "checksum", "valid DuckDB", "Could not read")


def damage(path: Path) -> str | None:
    """Why a DuckDB file cannot be read whole; None when every block of every table can.

    DuckDB keeps a checksum per block and proves it whenever it reads one. Raises duckdb.Error when
    nothing is known of the file: another process writes it, or memory is short.
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
        of_machine = isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException)
        if of_machine and not any(words in str(error) for words in _OF_THE_FILE):
            raise
        return str(error).split("\n")[0][:200]
    return None


def proven_damage(path: Path) -> str | None:
    """The same after something failed: None, too, when there is no file or nothing is known of it."""
    import duckdb

    try:
        return damage(path) if path.exists() else None
    except duckdb.Error:
        return None


def sweep_spill(path: Path) -> None:
    """Remove what a killed build spilled to disk: DuckDB never does, and it may be a whole disk.

    To be called by whoever holds the warehouse's lock and has not opened it yet.
    """
    shutil.rmtree(path.with_name(path.name + ".tmp"), ignore_errors=True)


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
