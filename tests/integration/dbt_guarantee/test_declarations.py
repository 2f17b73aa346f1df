"""Seeds, models and tests that have to know of each other do."""

from __future__ import annotations

import csv
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from ingestion.contracts import load_catalog
from tests.integration.dbt_frame.warehouse import PROJECT, Warehouse

pytestmark = pytest.mark.slow

GUARANTEES = sorted((PROJECT / "models/intermediate/guarantee").glob("*.sql"))
SEEDS = sorted([*(PROJECT / "seeds/guarantee").glob("*.csv"), *(PROJECT / "seeds/figures").glob("*.csv")])
# The long tables only put together what others judged: tested where their rows arrive, in the marts.
PUT_TOGETHER = {"int_household_guarantee", "int_person_guarantee"}
MEMBERS = sorted((PROJECT / "models/intermediate/figures").glob("int_figure_member__*.sql"))


def rows(seed: str) -> list[dict[str, str]]:
    (path,) = [p for p in SEEDS if p.stem == seed]
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_there_is_something_to_test() -> None:
    assert len(GUARANTEES) >= 15
    assert len(SEEDS) >= 12


def figures_of_seeds(housing: str) -> set[str]:
    """Figures whose id stands in a seed row, so that a new one needs no SQL; `housing` is compiled."""
    parts = re.findall(r"figure_prefix \|\| '(\w+)'", housing)
    assert parts
    found = {row["figure_prefix"] + part for row in rows("renovation_batch") for part in parts}
    for seed in ("research_campaign", "named_inspection", "work_area"):
        found |= {row["figure_id"] for row in rows(seed)}
    letter_parts = ("_total", "_edu", "_house", "_done")
    found |= {row["figure_prefix"] + part for row in rows("reported_letter") for part in letter_parts}
    found |= {row["subsidy_figure_id"] for row in rows("school_stage")} - {""}
    return found | {row["figure_id"] for row in rows("insurance_kind")}


@pytest.mark.slow
def test_every_figure_has_members_and_every_member_a_figure(county: Warehouse) -> None:
    compiled = sorted((county.home / "target/compiled").rglob("int_figure_member__*.sql"))
    assert compiled
    text = "".join(path.read_text("utf-8") for path in compiled)
    (housing,) = (path.read_text("utf-8") for path in compiled if path.stem == "int_figure_member__housing")
    emitted = set(re.findall(r"(?m)^ *'(\w+)' as figure_id", text)) | figures_of_seeds(housing)
    emitted |= set(re.findall(r"'(edu_bridge_\w+)'", text))  # one case expression names all four
    guarantees = re.findall(r"where guarantee in \(([^)]*)\)", text)
    assert guarantees
    judged = {name for listed in guarantees for name in re.findall(r"'(\w+)'", listed)}
    emitted |= {f"grt_{name}" for name in (*judged, "all")}
    declared = {row["figure_id"] for row in rows("figure") if row["kind"] != "A"}
    assert emitted == declared


def test_every_reason_is_given_somewhere_and_explained() -> None:
    named = {row["reason_code"] for row in rows("reason")}
    macros = [PROJECT / f"macros/guarantee/{name}.sql" for name in ("guarantee", "guarantees")]
    sources = [*GUARANTEES, *macros]
    text = "".join(path.read_text("utf-8") for path in sources)
    used = {code for code in named if f"'{code}'" in text}
    for seed in ("enrolment_status", "insurance_status", "water_item"):
        used |= {row["reason_code"] for row in rows(seed)}
    assert used | {f"OVERRIDDEN_{row['state']}" for row in rows("guarantee_state")} == named


def test_what_is_by_hand_has_a_reason_of_its_state() -> None:
    macro = (PROJECT / "macros/guarantee/guarantee.sql").read_text("utf-8")
    assert "'OVERRIDDEN_' || {{ state }}" in macro
    said = {row["reason_code"]: row for row in rows("reason") if row["reason_code"].startswith("OVERRIDDEN_")}
    assert said
    for code, row in said.items():
        assert (row["state"], row["guarantee"], row["evidence"]) == (
            code.removeprefix("OVERRIDDEN_"),
            "all",
            "",
        )


@pytest.mark.parametrize("model", GUARANTEES, ids=lambda path: path.stem)
def test_every_rule_has_unit_tests_beside_it(model: Path) -> None:
    properties = yaml.safe_load(model.with_suffix(".yml").read_text("utf-8"))
    assert properties["models"][0]["name"] == model.stem
    assert properties.get("unit_tests") or model.stem in PUT_TOGETHER


@pytest.mark.parametrize("model", MEMBERS, ids=lambda path: path.stem)
def test_every_list_of_members_has_unit_tests(model: Path) -> None:
    assert len(MEMBERS) >= 11
    assert yaml.safe_load(model.with_suffix(".yml").read_text("utf-8"))["unit_tests"]


def test_a_status_counts_as_what_its_reason_says() -> None:
    state = {row["reason_code"]: row["state"] for row in rows("reason")}
    for seed in ("enrolment_status", "insurance_status"):
        for row in rows(seed):
            assert row["counts_as"] == state[row["reason_code"]], row


def test_a_code_with_a_meaning_is_a_code_of_the_contract() -> None:
    catalog = load_catalog()
    assert rows("rule_code")
    for row in rows("rule_code"):
        (column,) = [c for c in catalog[row["feed"]].columns if c.name == row["column_name"]]
        assert row["code"] in column.codes, row


def test_what_every_year_has_is_looked_for_in_the_column_that_it_stands_in() -> None:
    """A seed row that no model reads would never be missed."""
    model = (PROJECT / "models/intermediate/delivery/int_feed__code_gap.sql").read_text("utf-8")
    marked = [row for row in rows("rule_code") if row["is_of_every_year"] == "true"]
    assert marked
    for row in marked:
        read = f"'{row['feed']}' as feed,\n        '{row['column_name']}' as column_name,"
        assert read in model, row


def test_no_model_names_a_code_that_is_a_rule() -> None:
    """What decides in Chinese stands in a seed, with its dates and source."""
    for path in (PROJECT / "models/intermediate").rglob("*.sql"):
        code = re.sub(r"--.*|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.MULTILINE)
        if path.parent.name in ("guarantee", "figures", "cross_file", "register"):
            assert not re.search(r"'[^']*[\u4e00-\u9fff][^']*'", code), path.name


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_every_seed_column_is_typed_and_described(seed: Path) -> None:
    properties = yaml.safe_load((seed.parent / "_seeds.yml").read_text("utf-8"))
    (found,) = [s for s in properties["seeds"] if s["name"] == seed.stem]
    header = seed.read_text("utf-8").splitlines()[0].split(",")
    assert list(found["config"]["column_types"]) == header
    assert [column["name"] for column in found["columns"]] == header


DATED = {
    "threshold": ("code", "class"),
    "rule_code": ("rule", "code"),
    "school_term": ("term",),
    "subsidy_standard": ("stage", "term"),
}


@pytest.mark.parametrize("seed", DATED)
def test_no_dated_rule_overlaps_itself(seed: str) -> None:
    spans: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for row in rows(seed):
        key = tuple(row[name] for name in DATED[seed])
        spans.setdefault(key, []).append((row["valid_from"], row["valid_to"]))
    for key, dates in spans.items():
        dates.sort()
        assert all(end < start for (_, end), (start, _) in pairwise(dates)), key
