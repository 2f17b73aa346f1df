"""Seeds, models and tests that have to know of each other do."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.integration.dbt_frame.warehouse import PROJECT, Warehouse

GUARANTEES = sorted((PROJECT / "models/intermediate/guarantee").glob("*.sql"))
SEEDS = sorted([*(PROJECT / "seeds/guarantee").glob("*.csv"), *(PROJECT / "seeds/figures").glob("*.csv")])
# Models that only hand on what others judged: the roll-up is one macro, tested with schooling.
HANDED_ON = {"int_household__medical"}


def rows(seed: str) -> list[dict[str, str]]:
    (path,) = [p for p in SEEDS if p.stem == seed]
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_there_is_something_to_test() -> None:
    assert len(GUARANTEES) >= 15
    assert len(SEEDS) >= 12


@pytest.mark.slow
def test_every_figure_has_members_and_every_member_a_figure(county: Warehouse) -> None:
    compiled = sorted((county.home / "target/compiled").rglob("int_figure_member__*.sql"))
    assert compiled
    emitted = {f for path in compiled for f in re.findall(r"'(\w+)' as figure_id", path.read_text("utf-8"))}
    declared = {row["figure_id"] for row in rows("figure") if row["kind"] != "A"}
    assert emitted == declared


def test_every_reason_is_given_somewhere_and_explained() -> None:
    named = {row["reason_code"] for row in rows("reason")}
    sources = [*GUARANTEES, PROJECT / "macros/guarantee/guarantee.sql"]
    text = "".join(path.read_text("utf-8") for path in sources)
    used = {code for code in named if f"'{code}'" in text}
    for seed in ("enrolment_status", "insurance_status", "water_item"):
        used |= {row["reason_code"] for row in rows(seed)}
    assert used == named


@pytest.mark.parametrize("model", GUARANTEES, ids=lambda path: path.stem)
def test_every_rule_has_unit_tests_beside_it(model: Path) -> None:
    properties = yaml.safe_load(model.with_suffix(".yml").read_text("utf-8"))
    assert properties["models"][0]["name"] == model.stem
    assert properties.get("unit_tests") or model.stem in HANDED_ON


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_every_seed_column_is_typed_and_described(seed: Path) -> None:
    properties = yaml.safe_load((seed.parent / "_seeds.yml").read_text("utf-8"))
    (found,) = [s for s in properties["seeds"] if s["name"] == seed.stem]
    header = seed.read_text("utf-8").splitlines()[0].split(",")
    assert list(found["config"]["column_types"]) == header
    assert [column["name"] for column in found["columns"]] == header


def test_no_threshold_overlaps_itself() -> None:
    spans: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows("threshold"):
        spans.setdefault((row["code"], row["class"]), []).append((row["valid_from"], row["valid_to"]))
    for key, dates in spans.items():
        dates.sort()
        assert all(end < start for (_, end), (start, _) in pairwise(dates)), key
