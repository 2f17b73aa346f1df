"""What the county's own report contradicted itself in, planted and found, with exactly who refutes it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from sample_county import write

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2019-12-31"
# How a member is told by the columns of a register or a place; else by its row in the file.
TOLD = {
    "register_person": """
        select p.register_person_no from mart.fct_identity_member m
        join intermediate.int_register_person__identified p on p.person_key = m.person_key
        where m.identity_id = $identity""",
    "register_household": """
        select h.register_household_no from mart.fct_identity_member m
        join mart.dim_household h on h.household_id = m.household_id and h.as_of = m.as_of
        where m.identity_id = $identity""",
    "village_water_supply": """
        select concat_ws('|', v.town_name, v.village_name, v.natural_village_name)
        from mart.fct_identity_member m
        join intermediate.int_natural_village v on v.natural_village_id = m.member_key
        where m.identity_id = $identity""",
    "village": """
        select concat_ws('|', m.town_name, m.village_name)
        from mart.fct_identity_member m where m.identity_id = $identity""",
    "": "select m.member_key from mart.fct_identity_member m where m.identity_id = $identity",
}
TOLD_BY_ROW = """
    select concat_ws('|', {columns}) from mart.fct_identity_member m
    join staging.stg_{feed} s on s.batch_id = m.source_batch_id and s.source_row = m.source_row
    and s.source_sheet = m.source_sheet
    where m.identity_id = $identity"""


def sanbao(home: Path, *arguments: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", "sanbao.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "SANBAO_HOME": str(home), "SANBAO_SETTLE_SECONDS": "0", "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return result.stdout


@pytest.fixture(scope="module", params=[1, 2], ids=["first_hand", "second_hand"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small county in which every contradiction is planted, through files only, in either style."""
    home = tmp_path_factory.mktemp("contradicted")
    write(home / "inbox", scale=0.05, truth=home / "truth", contradictions=True, style=request.param)
    sanbao(home, "load", "--as-of", AS_OF)
    return home


@pytest.fixture
def warehouse(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home / "warehouse/warehouse.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture
def planted(home: Path) -> dict[str, dict[tuple[str, str], set[str]]]:
    """Identity → how its members are told → those that refute it, by the truth about the county."""
    found: dict[str, dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    with (home / "truth/contradictions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["identity_id"]][row["feed"], row["told_by"]].add(row["member"])
    return found


def test_each_contradiction_is_found_with_exactly_its_members(
    warehouse: duckdb.DuckDBPyConnection, planted: dict[str, dict[tuple[str, str], set[str]]]
) -> None:
    assert {f"X{number}" for number in range(1, 15)} == {name.split("_")[0] for name in planted}
    for identity, told in planted.items():
        ((feed, columns),) = told
        sql = TOLD.get(feed) or TOLD_BY_ROW.format(
            feed=feed, columns=", ".join(f"s.{column}" for column in columns.split(","))
        )
        rows = warehouse.execute(sql, {"identity": identity}).fetchall()
        counted = warehouse.execute(
            "select differing_count, identity_state from mart.fct_identity where identity_id = ?", [identity]
        ).fetchall()
        members = told[feed, columns]
        assert (identity, {str(row[0]) for row in rows}) == (identity, members)
        assert (identity, counted) == (identity, [(len(members), "BROKEN")])


def test_nothing_is_found_that_was_not_planted(
    warehouse: duckdb.DuckDBPyConnection, planted: dict[str, dict[tuple[str, str], set[str]]]
) -> None:
    found = warehouse.sql(
        "select identity_id from mart.fct_identity"
        " where contradiction_id is not null and identity_state = 'BROKEN'"
    ).fetchall()
    assert {identity for (identity,) in found} == set(planted)


def test_the_command_names_both_sides_and_how_to_list_who_refutes_it(
    home: Path, planted: dict[str, dict[tuple[str, str], set[str]]]
) -> None:
    told = sanbao(home, "contradictions")
    for identity in planted:
        assert f"sanbao contradictions {identity}" in told
    (jobs,) = [row for row in json.loads(sanbao(home, "contradictions", "--json"))
               if row["identity_id"] == "X5_sum"]  # fmt: skip
    assert float(jobs["claimed_value"]) == float(jobs["counted_value"]) + len(
        planted["X5_sum"]["register_person", "register_person_no"]
    )
    listed = json.loads(sanbao(home, "contradictions", "X5_sum", "--json"))
    persons = {row["register_person_no"] for row in listed}
    assert persons == planted["X5_sum"]["register_person", "register_person_no"]
    assert all(row["file_name"] and row["source_row"] for row in listed)
    (pupil,) = json.loads(sanbao(home, "contradictions", "X4_pupils", "--json"))
    assert pupil["state"] == "NOT_MET" and pupil["reason"]


def test_what_tells_of_health_is_counted_and_not_listed(home: Path) -> None:
    assert json.loads(sanbao(home, "contradictions", "X2_stays", "--json")) == []
    assert "另有 1 个" in sanbao(home, "contradictions", "X2_stays")


def test_the_report_is_blocked_by_the_grave_ones_and_notes_the_others(home: Path) -> None:
    said = json.loads(sanbao(home, "report", "--as-of", AS_OF, "--draft", "--json"))
    blocked, noted = "\n".join(said["blocked"]), "\n".join(said["contradicted"])
    for identity in ("X2_stays", "X4_pupils", "X5_sum", "X7_arsenic", "X7_villages"):
        assert f"（{identity}）" in blocked
    for identity in ("X1_twice", "X3_issues", "X6", "X8", "X9_projects", "X10", "X11", "X13", "X14_months"):
        assert f"（{identity}）" in noted
