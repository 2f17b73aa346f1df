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


def lock_statements(limits: Limits) -> tuple[str, ...]:
    """To be executed once the file is open, in this order.

    DuckDB forbids naming a folder for spilling once it may reach nothing, and a cap on spilling that
    is given at opening is shown but not kept (1.5: only a live database takes it).
    """
    return (
        f"set max_temp_directory_size = '{limits.spill // MEGABYTE}MiB'",
        "set enable_external_access = false",
        "set lock_configuration = true",
    )


def duckdb_config(limits: Limits, spill: Path) -> dict[str, Any]:
    """DuckDB's configuration at the moment of opening; `lock_statements` close the rest."""
    return {
        "threads": limits.threads,
        "memory_limit": f"{limits.duckdb_memory // MEGABYTE}MiB",
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
