"""Five years of registers: each edition holds together, and between them happens what happens to people."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd
import pytest

from sample_county.build import build
from sample_county.world.history import days
from sample_county.world.model import World

ENDS = ("2015-12-31", "2016-12-31", "2017-12-31", "2018-12-31", "2019-12-31")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.fixture(scope="module")
def county() -> World:
    return build(scale=0.1, years=5)


def edition(county: World, day: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return county.tables["register_household"][day], county.tables["register_person"][day]


def test_five_years_are_four_year_ends_more_and_every_month_of_2019(county: World) -> None:
    dates = sorted(county.tables["register_household"])
    assert dates == sorted(
        {*ENDS, *(f"{day}" for day in pd.date_range("2019-01-31", periods=12, freq="ME").date)}
    )
    assert sorted(county.tables["register_person"]) == dates
    assert sorted(county.truth_history["as_of"].unique()) == [day.isoformat() for day in sorted(days(5))]
    with pytest.raises(ValueError, match="years"):
        days(6)


def test_the_county_of_2019_is_what_it_is_without_a_history(county: World) -> None:
    alone = build(scale=0.1)
    assert not len(alone.truth_history)
    for feed, deliveries in alone.tables.items():
        for label, table in deliveries.items():
            pd.testing.assert_frame_equal(county.tables[feed][label], table, obj=f"{feed} {label}")
    assert county.truth_figures == alone.truth_figures


@pytest.mark.parametrize("day", [day.isoformat() for day in days(5)])
def test_an_edition_holds_together_and_has_its_figures(county: World, day: str) -> None:
    households, persons = edition(county, day)
    size = persons.groupby("register_household_no").size()
    assert size.to_dict() == households.set_index("register_household_no")["member_count"].to_dict()
    assert households["register_household_no"].is_unique
    assert persons["register_person_no"].is_unique
    assert persons["id_number"].is_unique
    heads = persons[persons["relation_code"] == "户主"].set_index("register_household_no")
    assert heads.index.is_unique
    assert (
        heads["id_number"].to_dict()
        == households.set_index("register_household_no")["head_id_number"].to_dict()
    )
    assert (persons["birth_on"] <= pd.Timestamp(day)).all()
    assert (households["registered_year"] <= int(day[:4])).all()
    for number in persons["id_number"]:
        assert number.startswith("440899")
        rest = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True)) % 11
        assert number[17] == "10X98765432"[rest]
    told = county.truth_history[county.truth_history["as_of"] == day].set_index("figure_id")["value"]
    lifted = households["is_lifted"].astype(bool)
    assert told["reg_hh"] == len(households)
    assert told["reg_pp"] == len(persons)
    assert told["lifted_hh"] == lifted.sum()
    assert told["lifted_pp"] == households.loc[lifted, "member_count"].sum()
    assert told["not_lifted_hh"] == (~lifted).sum()
    assert told["exited_hh"] == households["is_exited"].sum() == 0


def test_no_edition_is_the_one_before(county: World) -> None:
    """A department that delivers last month's file again is refused; none of these may look like that."""
    for feed in ("register_household", "register_person"):
        for before, after in pairwise(sorted(county.tables[feed])):
            assert not county.tables[feed][before].equals(county.tables[feed][after]), (feed, after)


def test_what_happens_to_people_and_households_happens(county: World) -> None:
    happened: dict[str, int] = dict.fromkeys(
        ("born", "died", "registered", "renumbered", "split", "merged", "moved", "lifted", "fell back"), 0
    )
    for before, after in pairwise(ENDS):
        (old_houses, old), (houses, new) = edition(county, before), edition(county, after)
        both = old.merge(new, on="register_person_no", suffixes=("_old", "_new"))
        assert (both["birth_on_old"] == both["birth_on_new"]).all(), "a person stays that person"
        happened["renumbered"] += int((both["id_number_old"] != both["id_number_new"]).sum())
        own = both[both["register_household_no_old"] != both["register_household_no_new"]]
        happened["split"] += int(
            (~own["register_household_no_new"].isin(old_houses["register_household_no"])).sum()
        )
        happened["merged"] += int(
            (~own["register_household_no_old"].isin(houses["register_household_no"])).sum()
        )
        joined = new[~new["register_person_no"].isin(old["register_person_no"])]
        happened["born"] += int((joined["birth_on"] > pd.Timestamp(before)).sum())
        gone = old[~old["register_person_no"].isin(new["register_person_no"])]
        happened["died"] += int(gone["register_household_no"].isin(houses["register_household_no"]).sum())
        happened["registered"] += len(
            set(houses["register_household_no"]) - set(old_houses["register_household_no"])
        )
        stayed = old_houses.merge(houses, on="register_household_no", suffixes=("_old", "_new"))
        assert (stayed["town_name_old"] == stayed["town_name_new"]).all()
        happened["moved"] += int((stayed["village_name_old"] != stayed["village_name_new"]).sum())
        happened["lifted"] += int((~stayed["is_lifted_old"] & stayed["is_lifted_new"]).sum())
        happened["fell back"] += int((stayed["is_lifted_old"] & ~stayed["is_lifted_new"]).sum())
    assert all(happened.values()), happened
    assert happened["lifted"] > happened["fell back"]
