"""dbt over a tiny lake, in a process of its own: no state of dbt is left in the test's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[3]
PROJECT = ROOT / "dbt_project"
# With the project as a night reads it: parsed once for all tests.
DBT = """
import os, sys
from pathlib import Path
from dbt.cli.main import dbtRunner
from sanbao.night.parsed_project import parsed_project
parsed = parsed_project(Path(os.environ["DBT_TARGET_PATH"]), Path(os.environ["DBT_PROJECT_DIR"]))
outcome = dbtRunner(parsed).invoke(sys.argv[1:])
print(outcome.exception or "")
sys.exit(not outcome.success)
"""
# What this folder tests; the guarantees and figures above have tests of their own.
FRAME = ["path:models/intermediate/delivery", "int_roster", "int_payment", "int_task", "int_assessment"]
FRAME += ["int_ledger", "dim_household", "dim_person", "fct_delivery", "rpt_delivery_board"]
FRAME += ["int_held_row__candidates", "fct_held_row", "int_feed__caveat"]


@dataclass
class Warehouse:
    """The warehouse of `lake`, both below `home`."""

    home: Path

    @property
    def lake(self) -> Path:
        return self.home / "lake"

    def dbt(self, *arguments: str, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "SANBAO_LAKE": str(self.lake),
            "SANBAO_WAREHOUSE": str(self.home / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(self.home / "target"),
            "DBT_LOG_PATH": str(self.home / "logs"),
            "DBT_PROJECT_DIR": str(project),
            "DBT_PROFILES_DIR": str(PROJECT),
        }
        return subprocess.run(
            [sys.executable, "-c", DBT, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def build(self, as_of: str = "2019-12-31", known_by: str = "", tests: bool = False) -> None:
        """Build the frame's models (and run its tests)."""
        variables = json.dumps({"as_of": as_of, "known_by": known_by})
        left_out = ["unit_test"] if tests else ["unit_test", "test"]
        select = [f"+{name}" for name in FRAME]
        done = self.dbt(
            "build", "--vars", variables, "--select", *select, "--indirect-selection", "buildable",
            *(part for kind in left_out for part in ("--exclude-resource-type", kind)),
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:]

    def run(self, *models: str, as_of: str = "2019-12-31", known_by: str = "") -> None:
        """Build some models (and the seeds that are selected with them), without any test."""
        variables = json.dumps({"as_of": as_of, "known_by": known_by})
        untested = [part for kind in ("unit_test", "test") for part in ("--exclude-resource-type", kind)]
        done = self.dbt("build", "--vars", variables, "--select", *models, *untested)
        assert done.returncode == 0, done.stdout[-4000:]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def results(self) -> dict[str, str]:
        """Unique id of each node of the last run → status."""
        results = json.loads((self.home / "target" / "run_results.json").read_text("utf-8"))["results"]
        return {r["unique_id"]: r["status"] for r in results}
