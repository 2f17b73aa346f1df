"""The feeds of a figure are declared beside it, in its seed row; the models say whether that is so."""

from __future__ import annotations

import csv

import pytest

from tests.integration.dbt_frame.figure_lineage import compiled, figure_feeds
from tests.integration.dbt_frame.warehouse import PROJECT

pytestmark = pytest.mark.slow

# Figures whose id comes from a seed row or a document: which model lists their members.
SUBJECTS = {
    "hous": "housing", "edu": "subsidy", "ins": "medical", "grt": "guarantee",
    "research": "responsibility", "aud": "rectification", "fund": "funds", "emp": "employment",
    "edu_bridge": "education_bridge",
}  # fmt: skip


def _node(name: str, parents: list[str], sql: str = "", **meta: object) -> dict[str, object]:
    depends_on = {"nodes": [f"model.sanbao.{parent}" for parent in parents]}
    return {
        "name": name,
        "resource_type": "model",
        "config": {"meta": meta},
        "depends_on": depends_on,
        "compiled_code": sql,
    }


SQL = """
with
people as (select * from "w"."intermediate"."int_person"),
bills as (select * from "w"."intermediate"."int_bill"),
links as (select * from "w"."intermediate"."int_link"),
places as (select * from "w"."intermediate"."int_place"),
facts as (
    select people.key as member_key, links.bill_no, bills.yuan, places.town
    from people
    left join links on people.key = links.key
    left join bills on links.bill_no = bills.bill_no
    left join places on people.key = places.key
),
first_facts as (select * from facts qualify row_number() over (partition by member_key) = 1),
members as (
    select 'heads' as figure_id, member_key, 1 as amount, town from first_facts where true
    union all
    select 'billed' as figure_id, member_key, yuan as amount, town from facts where true
    union all
    select 'with_bill' as figure_id, member_key, 1 as amount, town from facts
    where member_key in (select bills.key from bills)
)
select * from members
"""
STATED = """
with stated as (select * from "w"."staging"."stg_statement"),
members as (select figure_id, no as member_key from stated)
select * from members
"""


def test_a_figure_rests_on_what_its_own_branch_uses() -> None:
    nodes = [
        _node("stg_register", [], department="a"),
        _node("stg_bill", [], department="b"),
        _node("stg_village", [], department="a"),
        _node("stg_statement", [], department="a"),
        _node("int_person", ["stg_register"]),
        _node("int_bill", ["stg_bill"]),
        _node("int_link", ["stg_bill", "stg_village"], only_identifies=True),
        _node("int_place", ["stg_village"], only_identifies=True),
        _node("int_figure_member__x", ["int_person", "int_bill", "int_link", "int_place"], SQL),
        _node("int_figure_member__stated", ["stg_statement"], STATED),
    ]
    manifest = {"nodes": {f"model.sanbao.{node['name']}": node for node in nodes}}
    figures = {"heads": "", "billed": "", "with_bill": "", "said": "", "main": "register"}
    assert figure_feeds(manifest, figures, lambda figure: "stated") == {
        "heads": {"register"},
        "billed": {"register", "bill"},
        "with_bill": {"register", "bill"},
        "said": {"statement"},
        "main": {"register", "statement"},
    }


@pytest.mark.slow
def test_what_the_figures_declare_is_what_the_models_say() -> None:
    with (PROJECT / "seeds/figures/figure.csv").open(encoding="utf-8", newline="") as handle:
        figures = {row["figure_id"]: row for row in csv.DictReader(handle)}
    assert figures
    declared = {name: set(row["feeds"].split()) for name, row in figures.items()}

    def subject_of(figure: str) -> str:
        if figures[figure]["kind"] == "A":
            return "attested"
        return SUBJECTS[max((prefix for prefix in SUBJECTS if figure.startswith(prefix)), key=len)]

    main = {name: row["feed"] for name, row in figures.items()}
    assert declared == figure_feeds(compiled(), main, subject_of)
