"""Tables keep their contracts; people are possible; nothing depends on anything but the seed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from ingestion.contracts import load_catalog
from ingestion.parsing import Setting, parser_for
from sample_county.build import build
from sample_county.truth import write_truth
from sample_county.world.model import World

pytestmark = pytest.mark.slow

CONTRACTS = load_catalog().contracts
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DATES = {"date", "year_month"}
SEVERAL_ROWS = {"audit_issue", "industry_project", "household_income_survey"}


def each_table(world: World) -> list[tuple[str, str, pd.DataFrame]]:
    return [(feed, label, t) for feed, labels in world.tables.items() for label, t in labels.items()]


def test_every_feed_of_the_card_is_there(world: World) -> None:
    departments = {"poverty_relief", "education", "civil_affairs", "health_insurance", "housing", "water"}
    delivering = {c.department for c in CONTRACTS if c.feed in world.tables}
    assert delivering > departments
    assert set(world.tables) == {c.feed for c in CONTRACTS if c.department in delivering}
    assert 900_000 < sum(len(t) for _, _, t in each_table(world)) < 1_000_000


def test_columns_types_and_codes_are_those_of_the_contract(world: World) -> None:
    catalog = {c.feed: c for c in CONTRACTS}
    for feed, label, table in each_table(world):
        contract = catalog[feed]
        assert list(table.columns) == [c.name for c in contract.columns], (feed, label)
        for column in contract.columns:
            values, where = table[column.name], (feed, label, column.name)
            assert column.nullable or values.notna().all(), where
            if column.type in DATES:
                assert pd.api.types.is_datetime64_any_dtype(values), where
            if column.type == "yes_no":
                assert str(values.dtype) == "boolean", where
            if column.type in {"count", "year"}:
                assert str(values.dtype) == "Int64", where
            if column.type in {"money_yuan", "measurement"}:
                assert str(values.dtype) == "float64", where
            if column.has_open_codes:
                written = values.dropna().drop_duplicates()
                read = parser_for(column)(pa.array(written, pa.string()), Setting(column))
                assert read.values.to_pylist() == written.to_list(), where
            elif column.codes:
                assert set(values.dropna()) <= set(column.codes), where


def test_keys_are_unique(world: World) -> None:
    for contract in CONTRACTS:
        for label, table in world.tables.get(contract.feed, {}).items():
            # an issue has a row for each office that has to see to it, a project one for each village, and of
            # two visits on one day each is a row
            if contract.key and contract.feed not in SEVERAL_ROWS:
                named = table.dropna(subset=list(contract.key))
                if contract.payments:  # what takes a payment back has its number
                    named = named[named[contract.payments.amount] >= 0]
                assert not named.duplicated(list(contract.key)).any(), (contract.feed, label)


def id_columns(world: World) -> pd.Series:
    names = {c.feed: [x.name for x in c.columns if x.is_identity] for c in CONTRACTS}
    cells = pd.concat([t[n] for f, _, t in each_table(world) for n in names[f]]).dropna().drop_duplicates()
    # several owners of a house stand in one cell
    numbers: pd.Series = cells.str.split(";").explode(ignore_index=True).drop_duplicates()
    return numbers


def test_id_numbers_are_possible_and_of_nobody(world: World) -> None:
    numbers = id_columns(world)
    assert numbers.str.fullmatch(r"440899\d{11}[\dX]").all()
    total = pd.Series(0, index=numbers.index)
    for place, weight in enumerate(WEIGHTS):
        total += numbers.str[place].astype(int) * weight
    assert (total.mod(11).map(dict(enumerate("10X98765432"))) == numbers.str[17]).all()
    pd.to_datetime(numbers.str[6:14], format="%Y%m%d")


def test_a_number_is_one_person_with_its_sex_and_birth(world: World) -> None:
    people = pd.concat(
        [t[["id_number", "person_name", "sex", "birth_on"]] for t in world.tables["register_person"].values()]
    )
    roll = world.tables["school_enrolment"]["2019-2020-1"][["id_number", "person_name", "sex", "birth_on"]]
    both = pd.concat([people, roll]).drop_duplicates()
    assert both["id_number"].is_unique
    assert (both["birth_on"].dt.strftime("%Y%m%d") == both["id_number"].str[6:14]).all()
    assert (both["id_number"].str[16].astype(int).mod(2) == (both["sex"] == "男")).all()
    insured = pd.concat(world.tables["insurance_enrolment"].values())
    assert insured["id_number"].is_unique
    names = insured.set_index("id_number")["person_name"]
    assert (both["person_name"] == both["id_number"].map(names)).all()


def test_protected_are_all_who_were_ever_registered(world: World) -> None:
    people = pd.concat(world.tables["register_person"].values())
    assert world.protected_ids == frozenset(people["id_number"])


def test_the_living_are_registered(world: World) -> None:
    """Leads come from planted faults only: nobody on the register is dead or bought a flat."""
    for day, people in world.tables["register_person"].items():
        deaths = world.tables["death_notice"]["2019"]
        dead = deaths.loc[deaths["died_on"] <= day, "id_number"]
        assert not people["id_number"].isin(dead).any(), day
        assert (
            not people["id_number"].isin(world.tables["property_contract"]["2019"]["buyer_id_number"]).any()
        )


def test_relations_fit_sex_and_age(world: World) -> None:
    people = world.tables["register_person"]["2019-12-31"]
    sexes = {
        "之子": "男",
        "之女": "女",
        "之儿媳": "女",
        "之父": "男",
        "之母": "女",
        "之孙子": "男",
        "之孙女": "女",
    }
    expected = people["relation_code"].map(sexes)
    assert (expected.isna() | (expected == people["sex"])).all()
    head = people[people["relation_code"] == "户主"].set_index("register_household_no")
    mates = people[people["relation_code"] == "配偶"]
    assert (mates["sex"] != mates["register_household_no"].map(head["sex"])).all()
    older = people["register_household_no"].map(head["birth_on"]) - people["birth_on"]
    years = older.dt.days / 365.25
    assert years[people["relation_code"].isin(["之父", "之母"])].min() > 15
    assert years[people["relation_code"].isin(["之子", "之女"])].max() < -15


def test_rare_characters_are_among_the_names(world: World) -> None:
    names = world.tables["register_person"]["2019-12-31"]["person_name"]
    assert names.str.contains("𬭎|㙍|𫖯").any() and names.str.contains("堃|喆").any()


@pytest.fixture(scope="module")
def small() -> World:
    return build(seed=7, scale=0.02)


def test_same_seed_same_county(small: World) -> None:
    again = build(seed=7, scale=0.02)
    for feed, label, table in each_table(small):
        pd.testing.assert_frame_equal(table, again.tables[feed][label])
    pd.testing.assert_frame_equal(small.truth_households, again.truth_households)
    assert small.truth_figures == again.truth_figures and small.protected_ids == again.protected_ids


def test_another_seed_another_county(small: World) -> None:
    other = build(seed=8, scale=0.02)
    first, second = (w.tables["register_person"]["2019-12-31"]["person_name"] for w in (small, other))
    assert set(first) != set(second)


def test_small_county_counts_itself(small: World) -> None:
    house = small.tables["register_household"]["2019-12-31"]
    people = small.tables["register_person"]["2019-12-31"]
    assert small.truth_figures["reg_hh"] == len(house) and small.truth_figures["reg_pp"] == len(people)
    assert 0.015 < len(house) / 9576 < 0.025
    assert house["town_name"].nunique() == 15


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_work(seed: int) -> None:
    assert build(seed=seed, scale=0.05).truth_figures["edu_compulsory_pp"] == round(4438 * 0.05) + 4


def test_write_truth(small: World, tmp_path: Path) -> None:
    write_truth(small, tmp_path / "truth")
    households = pd.read_parquet(tmp_path / "truth" / "households.parquet")
    assert list(households.columns)[:2] == ["register_household_no", "education_state"]
    assert {"not_met_count", "unknown_count", "is_guaranteed"} <= set(households.columns)
    figures = pd.read_csv(tmp_path / "truth" / "figures.csv").set_index("figure_id")["value"]
    assert figures["reg_hh"] == len(households)
    bridge = pd.read_csv(tmp_path / "truth" / "bridge.csv").set_index("step")["persons"]
    assert bridge.iloc[:-1].sum() == bridge["bridge_paid_compulsory"]
