"""What is true at a month's end, counted in the departments' tables; no rule of the warehouse runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from benchmarks.months.departments import Departments
from sample_county.world.funds import FIRST, RECEIVED, Entry, payments, receipts

REGISTER = frozenset({"register_household", "register_person"})
PAID = frozenset({"subsistence_allowance", "destitute_support"})


@dataclass(frozen=True)
class Fact:
    """One number, and the feeds that it rests on. `column`: where it stands in `fct_figure`."""

    number: float
    feeds: frozenset[str]
    column: str = "numerator"


def figures(at: Departments) -> Mapping[str, Fact]:
    """Figures by id, for the whole county."""
    tables = at.tables
    found = _register(tables["register_household"], tables["register_person"])
    found |= _support(tables["register_household"], tables["register_person"])
    found |= _insurance(at)
    found |= _water(tables["village_water_supply"])
    found |= _money(at)
    found |= _work(at)
    return found


def _register(households: pd.DataFrame, people: pd.DataFrame) -> dict[str, Fact]:
    size = people.groupby("register_household_no").size()
    lifted, exited = (households[name].astype(bool) for name in ("is_lifted", "is_exited"))
    found: dict[str, Fact] = {}
    everybody = pd.Series(True, index=households.index)
    parts = {"reg": everybody, "lifted": lifted, "exited": exited, "not_lifted": ~lifted}
    parts["lifted_not_exited"] = lifted & ~exited
    for name, own in parts.items():
        found[f"{name}_hh"] = Fact(int(own.sum()), REGISTER)
        numbers = households.loc[own, "register_household_no"]
        found[f"{name}_pp"] = Fact(int(size.reindex(numbers).sum()), REGISTER)
    villages = households.drop_duplicates(["town_name", "village_name"])
    found["vlg_with_poor"] = Fact(len(villages), REGISTER)
    return found


def _support(households: pd.DataFrame, people: pd.DataFrame) -> dict[str, Fact]:
    """Of households without anybody who can work: all have 低保, or 五保."""
    without = households[households["labour_state"] == "无"]
    found: dict[str, Fact] = {}
    kinds = {"all": ("五保贫困户", "低保贫困户"), "dibao": ("低保贫困户",), "wubao": ("五保贫困户",)}
    for name, types in kinds.items():
        own = without[without["poverty_type"].isin(types)]["register_household_no"]
        feeds = REGISTER if name == "all" else REGISTER | PAID
        found[f"dib_{name}_hh"] = Fact(len(own), feeds)
        found[f"dib_{name}_pp"] = Fact(int(people["register_household_no"].isin(own).sum()), feeds)
    return found


def medical(at: Departments) -> dict[str, int]:
    """How many of the registered are insured in the year, and how many are not."""
    people, roll = at.tables["register_person"], at.tables["insurance_enrolment"]
    insured = int(people["id_number"].isin(roll["id_number"]).sum())
    return {"MET": insured, "NOT_MET": len(people) - insured}


def safety_net(at: Departments) -> dict[str, int]:
    """How many households get what they are due, and how many are due nothing."""
    state = at.tables["register_household"]["labour_state"]
    return {"MET": int(state.eq("无").sum()), "NOT_APPLICABLE": int(state.eq("有").sum())}


def _insurance(at: Departments) -> dict[str, Fact]:
    people, roll = at.tables["register_person"], at.tables["insurance_enrolment"]
    feeds, found = REGISTER | {"insurance_enrolment"}, {}
    for figure, kind in (("ins_resident_pp", "居民"), ("ins_employee_pp", "职工")):
        numbers = roll[roll["insurance_kind"] == kind]["id_number"]
        found[figure] = Fact(int(people["id_number"].isin(numbers).sum()), feeds)
    return found


def _water(ledger: pd.DataFrame) -> dict[str, Fact]:
    feeds = frozenset({"village_water_supply"})
    return {
        "wat_vlg": Fact(len(ledger), feeds),
        "wat_agri_pop": Fact(int(ledger["agricultural_population"].sum()), feeds),
        "wat_vlg_on": Fact(int(ledger["is_piped"].sum()), feeds),
        "wat_pop_on": Fact(int(ledger["served_population"].sum()), feeds),
    }


def _money(at: Departments) -> dict[str, Fact]:
    """Of the first years by the entries that the county was made of, since then month by month."""
    found = {}
    for figure, feed, day, first in (
        ("fund_in", "fund_received", "received_on", receipts()),
        ("fund_used", "fund_spent", "paid_on", payments()),
    ):
        since = at.happened[feed][1:]
        came = sum(float(rows.loc[rows[day] <= at.as_of, "amount_yuan"].sum()) for rows in since)
        came += sum(entry.yuan for entry in first if _is_counted(entry, at.as_of))
        found[figure] = Fact(round(came, 2), frozenset({feed}))
    return found


def _is_counted(entry: Entry, until: pd.Timestamp) -> bool:
    return entry.source in RECEIVED and FIRST <= entry.day <= f"{until:%Y-%m-%d}"


def _work(at: Departments) -> dict[str, Fact]:
    people, jobs = at.tables["register_person"], at.tables["employment"]
    running = jobs["started_month"].le(at.month)
    running &= jobs["ended_month"].isna() | jobs["ended_month"].ge(at.month)
    employed = people["id_number"].isin(jobs[running]["id_number"])
    posts = at.tables["public_post"]
    back = posts[posts["amount_yuan"].lt(0)]["id_number"]
    paid = posts[posts["payment_status"].eq("成功") & ~posts["id_number"].isin(back)]["id_number"]
    stays = pd.concat(at.happened["inpatient_settlement"])
    own = stays[stays["poverty_mark"].notna() & stays["care_place"].eq("县内")]
    own = own[own["settled_on"].dt.year.eq(at.month.year) & own["settled_on"].le(at.as_of)]
    times = len(own) - 2 * int(own["is_reversal"].sum())
    return {
        "emp_total": Fact(int(employed.sum()), REGISTER | {"employment"}),
        "emp_public_post": Fact(int(people["id_number"].isin(paid).sum()), REGISTER | {"public_post"}),
        "inpatient_times": Fact(times, REGISTER | {"inpatient_settlement"}),
    }
