"""What one query may use. The values are measured in `tests/unit/dashboards/sandbox`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Seconds, bytes and numbers; every one of them belongs to a single query process."""

    seconds: int = 30
    wait_seconds: int = 30  # for a free place, before "busy" is answered
    places: int = 3  # queries at the same time in one worker of Superset
    threads: int = 2
    duckdb_memory: int = 512 * MEGABYTE
    process_memory: int = 1536 * MEGABYTE  # strings and lists are not counted by DuckDB
    spill: int = 512 * MEGABYTE
    answer: int = 96 * MEGABYTE
    statement: int = 256 * 1024


# Only after the file is open and the folder for spilling is known: DuckDB forbids naming a folder
# once it may reach nothing.
LOCK = ("set enable_external_access = false", "set lock_configuration = true")


def duckdb_config(limits: Limits, spill: Path) -> dict[str, Any]:
    """DuckDB's configuration at the moment of opening; `LOCK` closes the rest."""
    return {
        "threads": limits.threads,
        "memory_limit": f"{limits.duckdb_memory // MEGABYTE}MiB",
        "temp_directory": str(spill),
        "max_temp_directory_size": f"{limits.spill // MEGABYTE}MiB",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
