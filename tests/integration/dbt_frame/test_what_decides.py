"""What decides is a code: no model compares free text with a word or a seed."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

import pytest

from ingestion import Home, prepare
from ingestion.contracts import Catalog, Contract, load_catalog
from ingestion.parsing import TOWN_COLUMN
from tests.integration.dbt_frame.decided_by import Comparison, Deciding
from tests.integration.dbt_frame.warehouse import PROJECT, Warehouse

pytestmark = pytest.mark.slow

SEEDS = PROJECT / "seeds"
CATALOG = load_catalog()
FREE = ("text",)
# Names of places are matched with names of places; a town has its official spellings.
PLACES = {TOWN_COLUMN, "village_name", "natural_village_name"}
# The county's own code of a town, where the seed has none; and a person's number, which is the key of a
# list's member where its members are persons (of other lists the key may come from a seed).
SAME_CODE = {("village", "town_code"), ("register_person", "register_person_no")}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    warehouse = Warehouse(tmp_path_factory.mktemp("compiled"))
    prepare(Home(warehouse.home), CATALOG)
    done = warehouse.dbt("--quiet", "compile")
    assert done.returncode == 0, done.stdout[-3000:]
    found: dict[str, object] = json.loads((warehouse.home / "target" / "manifest.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def comparisons(manifest: dict[str, object]) -> frozenset[Comparison]:
    columns = {c.feed: tuple(column.name for column in c.columns) for c in CATALOG.values()}
    return Deciding(manifest, SEEDS, columns).comparisons()


def free_text(found: frozenset[Comparison], catalog: Catalog) -> set[tuple[str, str]]:
    """The columns of free text that decide something."""
    return {
        (c.feed, c.column)
        for c in found
        if catalog[c.feed].column(c.column).type in FREE and c.column not in PLACES
    } - SAME_CODE


def unknown_words(found: frozenset[Comparison], catalog: Catalog) -> set[tuple[str, str, str]]:
    """(feed, column, word) of what a model looks for in a column of codes that has no such code."""
    return {
        (c.feed, c.column, word)
        for c in found
        if catalog[c.feed].column(c.column).type == "code"
        for word in _words(c)
        if word not in catalog[c.feed].column(c.column).codes
    }


def _words(comparison: Comparison) -> Iterator[str]:
    kind, seed, word = comparison.against
    if kind == "word":
        yield word
        return
    (path,) = SEEDS.rglob(f"{seed}.csv")
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            own = (row.get("feed"), row.get("column_name")) == (comparison.feed, comparison.column)
            if row[word] and (own or seed != "rule_code"):
                yield row[word]


def without(catalog: Catalog, feed: str, column: str, code: str) -> Catalog:
    """The contracts with one code less."""

    def changed(contract: Contract) -> Contract:
        if contract.feed != feed:
            return contract
        columns = tuple(
            c.model_copy(update={"codes": tuple(other for other in c.codes if other != code)})
            if c.name == column
            else c
            for c in contract.columns
        )
        return contract.model_copy(update={"columns": columns})

    return Catalog(tuple(changed(contract) for contract in catalog.contracts))


# Of whom a statement speaks is one of all figures, whose ids the models write:
# `test_every_figure_that_is_stated_has_a_code` holds its codes.
OF_A_FIGURE = ("attested_statement", "figure_id")


@pytest.mark.slow
def test_no_model_compares_free_text_with_a_word_or_a_seed(comparisons: frozenset[Comparison]) -> None:
    assert free_text(comparisons, CATALOG) == set()


@pytest.mark.slow
def test_whatever_a_model_looks_for_in_a_code_is_one_of_its_codes(comparisons: frozenset[Comparison]) -> None:
    decide = {(c.feed, c.column) for c in comparisons if CATALOG[c.feed].column(c.column).type == "code"}
    assert len(decide) >= 15
    # A seed of one column of several feeds (stages of school) has the codes of all of them.
    shared = {
        "school_stage",
        "subsidy_standard",
        "insurance_kind",
        "figure",
        "identity_term",
        "reported_value",
    }
    # How the batches of a year are written is a pattern, as `code_patterns` are.
    patterns = {("renovation_batch", "instalments")}
    own = frozenset(
        c
        for c in comparisons
        if c.against[1] not in shared and c.against[1:] not in patterns and (c.feed, c.column) != OF_A_FIGURE
    )
    assert unknown_words(own, CATALOG) == set()


@pytest.mark.slow
def test_every_code_that_is_looked_up_in_a_seed_is_there(comparisons: frozenset[Comparison]) -> None:
    """A row whose code a seed lacks would fall out of every join without a word."""
    lookups = {"school_stage", "insurance_kind", "insurance_status", "enrolment_status", "works_kind"}
    lookups |= {"labour_capacity", "student_status"}
    lacking = {
        (c.feed, c.column, code)
        for c in comparisons
        if c.against[1] in lookups
        and (c.feed, c.column) != OF_A_FIGURE
        and CATALOG[c.feed].column(c.column).type == "code"
        for code in set(CATALOG[c.feed].column(c.column).codes) - set(_words(c))
    }
    assert lacking == set()


# Figures that are counted from rows and claimed in writing, too: such a statement is no member of them.
def claimed() -> set[str]:
    """Those whose claims the contradictions look at, and one that is tested without a claim, too."""
    with (SEEDS / "figures" / "identity.csv").open(encoding="utf-8") as file:
        return {row["claim_figure_id"] for row in csv.DictReader(file)} - {""} | {"aud_22_done"}


def test_every_figure_that_is_stated_has_a_code() -> None:
    with (SEEDS / "figures" / "figure.csv").open(encoding="utf-8") as file:
        stated = {row["figure_id"] for row in csv.DictReader(file) if row["feed"] == "attested_statement"}
    codes = set(CATALOG["attested_statement"].column("figure_id").codes)
    assert stated <= codes
    assert codes - stated == claimed() - stated


@pytest.mark.slow
def test_a_code_less_is_told_by_the_name_of_its_column(comparisons: frozenset[Comparison]) -> None:
    tried = 0
    for c in comparisons:
        column = CATALOG[c.feed].column(c.column)
        for word in _words(c) if column.type == "code" else ():
            if word in column.codes:
                fewer = without(CATALOG, c.feed, c.column, word)
                assert (c.feed, c.column, word) in unknown_words(comparisons, fewer)
                tried += 1
    assert tried >= 30


FOUND_BY = {
    "select count(*) as n from stg_a where remark = '集中'": True,
    "select count(*) as n from stg_a where trim(remark) in ('集中', '分散')": True,
    "with x as (select coalesce(remark, '') as said from stg_a)"
    " select max(said) as m from x where said like '%集中'": True,
    "select s.word from stg_a left join words as s on upper(stg_a.remark) = s.word": True,
    "select case remark when '集中' then 1 end as n from stg_a": True,
    "select 1 as n from stg_a where remark in (select word from words)": True,
    "select remark || '集中' as said from stg_a where remark is not null": False,
    "select replace(remark, '集中', '') as said from stg_a group by remark": False,
    "select 1 as n from stg_a join stg_b on stg_a.remark = stg_b.remark": False,
}  # fmt: skip


@pytest.mark.parametrize(("sql", "found"), FOUND_BY.items(), ids=range(len(FOUND_BY)))
def test_a_comparison_is_found_wherever_it_hides(tmp_path, sql: str, found: bool) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "words.csv").write_text("word\n集中\n", encoding="utf-8")
    nodes = {"m": {"name": "m", "resource_type": "model", "compiled_code": sql}}
    deciding = Deciding({"nodes": nodes}, tmp_path, {"a": ("remark",), "b": ("remark",)})
    assert {(c.feed, c.column) for c in deciding.comparisons()} == ({("a", "remark")} if found else set())
