"""A served file with a canary beside it, and a pool of real query processes over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboards.sandbox.connection import SandboxedConnection
from dashboards.sandbox.limits import Limits
from dashboards.sandbox.pool import Pool
from tests.unit.dashboards import fake_warehouse
from tests.unit.dashboards.sandbox.corpus import CANARY

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Lab:
    """What an analyst has: a connection, and nothing else."""

    folder: Path
    file: Path
    canary: Path
    pool: Pool

    def connect(self, cancelled: Callable[[], bool] = lambda: False) -> SandboxedConnection:
        return SandboxedConnection(self.pool, self.file, cancelled)

    def run(self, sql: str, parameters: Any = None) -> Rows:
        connection = self.connect()
        try:
            cursor = connection.cursor()
            cursor.execute(sql, parameters)
            return cursor.fetchall()
        finally:
            connection.close()

    def fill(self, sql: str) -> str:
        return sql.replace("{file}", str(self.canary)).replace("{new}", str(self.folder / "new"))

    @property
    def spill(self) -> Path:
        return self.folder / "spill"

    def spilled(self) -> int:
        """Bytes in the folder for spilling; files may vanish while they are counted."""
        size = 0
        for path in self.spill.rglob("*"):
            try:
                size += 0 if path.is_dir() else path.stat().st_blocks * 512
            except FileNotFoundError:
                continue
        return size


def make_lab(folder: Path, limits: Limits) -> Lab:
    warehouse, _ = fake_warehouse.build(folder / "made")
    (folder / "serving").mkdir()
    file = warehouse.rename(folder / "serving" / "serving.duckdb")
    canary = folder / "canary.csv"
    canary.write_text(f"a,b\n{CANARY},1\n", encoding="utf-8")
    return Lab(folder, file, canary, Pool(limits, folder / "spill"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    made = make_lab(tmp_path_factory.mktemp("lab"), Limits(seconds=20))
    yield made
    made.pool.close()


@pytest.fixture(scope="module")
def small_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Two seconds a query: bombs are told by their effect, not by how long they burn."""
    made = make_lab(tmp_path_factory.mktemp("small_lab"), Limits(seconds=2, places=1))
    yield made
    made.pool.close()
