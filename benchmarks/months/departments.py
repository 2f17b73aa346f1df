"""What the departments of a small county know, month after month: who died, who came, what was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sample_county.dirt import check_digit
from sample_county.world.funds import PAYEES, PROJECTS, RECEIVED
from sample_county.world.model import World
from sample_county.world.people import given_names, surnames

EVENTS = ("death_notice", "fund_received", "fund_spent", "inpatient_settlement", "property_contract")
PAYROLLS = ("subsistence_allowance", "destitute_support", "public_post")
NOBODY = pd.Timestamp("1970-01-01")
_NEWCOMERS = 2  # members of a household that is registered anew


@dataclass
class Departments:
    """The tables as they stand: of a snapshot its whole content, of events those of the month alone."""

    tables: dict[str, pd.DataFrame]
    dice: np.random.Generator
    month: pd.Timestamp  # its first day
    happened: dict[str, list[pd.DataFrame]] = field(default_factory=dict)  # all events, month by month
    serial: int = 0

    @classmethod
    def of(cls, world: World, dice: np.random.Generator) -> Departments:
        """As they stand at the end of December 2019."""
        tables = {feed: [*deliveries.values()][-1].copy() for feed, deliveries in world.tables.items()}
        whole = ("inpatient_settlement", "insurance_enrolment", "school_enrolment")
        for feed in whole:
            tables[feed] = pd.concat(world.tables[feed].values(), ignore_index=True)
        happened = {feed: [pd.concat(world.tables[feed].values(), ignore_index=True)] for feed in EVENTS}
        return cls(tables, dice, pd.Timestamp("2019-12-01"), happened)

    @property
    def as_of(self) -> pd.Timestamp:
        return self.month + pd.offsets.MonthEnd(0)

    def advance(self) -> None:
        """A month goes by."""
        self.month = self.month + pd.offsets.MonthBegin(1)
        for feed in EVENTS:
            self.tables[feed] = self.tables[feed].iloc[:0]
        self._deaths()
        if self.month.month % 3 == 1:
            self._newcomers()
        self._lifting()
        self._water()
        self._jobs()
        self._payrolls()
        self._money()
        self._stays()
        self._contracts()
        if self.month.month == 1:
            self._insurance()
        for feed in EVENTS:
            self.happened[feed].append(self.tables[feed])

    # People

    def _deaths(self) -> None:
        """One of the registered now and then, others each month; none who works, none who heads."""
        people = self.tables["register_person"]
        jobs = {*self.tables["employment"]["id_number"], *self.tables["public_post"]["id_number"]}
        may = people["birth_on"].lt(self.month - pd.DateOffset(years=45)) & people["relation_code"].ne("户主")
        may &= people["student_status"].isna() & ~people["id_number"].isin(jobs)
        pool = people.index[may]
        if len(pool) and self.dice.random() < 0.5:
            dead = people.loc[self._one(pool)]
            self._bury(dead)
            self._event("death_notice", self._notice(dead))
        roll = self.tables["insurance_enrolment"]
        others = roll[~roll["id_number"].isin(people["id_number"])]
        notices = self.happened["death_notice"]
        known = {number for table in notices for number in table["id_number"]}
        for at in self.dice.choice(others.index, size=4, replace=False):
            if others.loc[at, "id_number"] not in known:
                self._event("death_notice", self._notice(others.loc[at]))

    def _notice(self, dead: pd.Series[Any]) -> dict[str, Any]:
        day = self._day()
        number = str(dead["id_number"])
        return {
            "person_name": dead["person_name"],
            "sex": "男" if int(number[16]) % 2 else "女",
            "id_number": number,
            "birth_on": pd.Timestamp(f"{number[6:10]}-{number[10:12]}-{number[12:14]}"),
            "died_on": day,
            "registered_on": day,
            "information_source": "殡葬登记",
            "town_name": "徐城街道",
            "village_name": "东方社区",
        }

    def _bury(self, dead: pd.Series[Any]) -> None:
        people, households = self.tables["register_person"], self.tables["register_household"]
        self.tables["register_person"] = people[people["id_number"] != dead["id_number"]]
        own = households["register_household_no"] == dead["register_household_no"]
        households.loc[own, "member_count"] -= 1
        payroll = self.tables["subsistence_allowance"]
        for column in [name for name in payroll.columns if name.endswith("id_number") and name[0] == "m"]:
            listed = payroll[column] == dead["id_number"]
            payroll.loc[listed, [column, column.replace("id_number", "name")]] = None
            payroll.loc[listed, "covered_count"] -= 1
        support = self.tables["destitute_support"]
        self.tables["destitute_support"] = support[support["id_number"] != dead["id_number"]]

    def _newcomers(self) -> None:
        """A household that was found poor: two grown-up people who can work, in a village that has others."""
        households, people = self.tables["register_household"], self.tables["register_person"]
        like = households.loc[self._one(households.index[households["is_lifted"]])].copy()
        self.serial += 1
        number = f"{like['register_household_no'][:5]}{90000 + self.serial}"
        patterns = people[(people["relation_code"] == "户主") & (people["labour_capacity"] == "普通劳动力")]
        members = []
        for at in range(_NEWCOMERS):
            person = patterns.loc[self._one(patterns.index)].copy()
            is_male = at == 0
            born = self.month - pd.DateOffset(years=int(self.dice.integers(30, 45)), days=self.serial)
            name = surnames(self.dice, 1)[0] + given_names(self.dice, np.array([is_male]))[0]
            person["id_number"] = self._new_number(born, is_male)
            person["register_household_no"], person["register_person_no"] = number, f"{number}{at + 1:02d}"
            person["person_name"], person["sex"], person["birth_on"] = name, "男女"[at], born
            person["relation_code"] = ("户主", "配偶")[at]
            person["has_resident_insurance"], person["has_employee_insurance"] = False, False
            person["has_subsistence_allowance"] = person["has_destitute_support"] = False
            members.append(person)
        like["register_household_no"], like["member_count"] = number, _NEWCOMERS
        like["head_name"], like["head_id_number"] = members[0]["person_name"], members[0]["id_number"]
        like["poverty_type"], like["labour_state"] = "一般贫困户", "有"
        like["registered_year"] = self.month.year
        like["lifted_year"], like["is_lifted"], like["is_exited"] = pd.NA, False, False
        like["exited_on"] = pd.NaT
        for person in members:
            person["head_name"] = like["head_name"]
        self.tables["register_household"] = _with(households, [like])
        self.tables["register_person"] = _with(people, members)

    def _new_number(self, born: pd.Timestamp, is_male: bool) -> str:
        taken = {
            *self.tables["register_person"]["id_number"],
            *self.tables["insurance_enrolment"]["id_number"],
        }
        for place in range(901 + (not is_male) - 1, 1000, 2):
            stem = f"440899{born:%Y%m%d}{place:03d}"
            if (number := stem + check_digit(stem)) not in taken:
                return number
        raise ValueError("no number is left on that day")

    def _lifting(self) -> None:
        """One that is not lifted is, and one that is lifted leaves the programme."""
        households = self.tables["register_household"]
        waiting = households.index[households["is_lifted"] & ~households["is_exited"]]
        poor = households.index[~households["is_lifted"]]
        if len(waiting) and self.dice.random() < 0.4:
            at = self._one(waiting)
            households.loc[at, "is_exited"], households.loc[at, "exited_on"] = True, self._day()
        if len(poor) and self.dice.random() < 0.3:
            at = self._one(poor)
            households.loc[at, "is_lifted"], households.loc[at, "lifted_year"] = True, self.month.year

    def _insurance(self) -> None:
        """The roll of the new year: everybody of the old one, and who was registered since."""
        roll, people = self.tables["insurance_enrolment"], self.tables["register_person"]
        roll = roll.assign(insurance_year=self.month.year)
        roll["premium_paid_on"] = roll["premium_paid_on"] + pd.DateOffset(years=1)
        new = people[~people["id_number"].isin(roll["id_number"])]
        like = roll[roll["insurance_kind"] == "居民"].iloc[-1]
        rows = []
        for _, person in new.iterrows():
            row = like.copy()
            row["person_name"], row["id_number"] = person["person_name"], person["id_number"]
            row["insured_no"] = f"49{int(person['register_person_no'][-7:]):08d}"
            row["first_insured_on"] = row["premium_paid_on"] = pd.Timestamp(self.month)
            rows.append(row)
        people.loc[new.index, "has_resident_insurance"] = True
        self.tables["insurance_enrolment"] = _with(roll, rows)

    # Works, jobs and money

    def _water(self) -> None:
        ledger = self.tables["village_water_supply"]
        dry = ledger.index[~ledger["is_piped"]]
        if len(dry) and self.dice.random() < 0.2:
            at = self._one(dry)
            ledger.loc[at, "is_piped"] = True
            ledger.loc[at, "served_population"] = ledger.loc[at, "agricultural_population"]
            ledger.loc[at, "served_household_count"] = ledger.loc[at, "household_count"]
        else:  # no two ledgers are the same
            at = self._one(ledger.index)
            ledger.loc[at, "outage_days"] = int(self.dice.integers(0, 15))

    def _jobs(self) -> None:
        """One job ends with the month, and one begins."""
        jobs, people = self.tables["employment"], self.tables["register_person"]
        running = jobs.index[jobs["ended_month"].isna() & jobs["started_month"].lt(self.month)]
        if len(running):
            jobs.loc[self._one(running), "ended_month"] = self.month
        without = people[people["labour_capacity"].eq("普通劳动力") & people["student_status"].isna()]
        without = without[~without["id_number"].isin(jobs[jobs["ended_month"].isna()]["id_number"])]
        if len(without):
            person = without.loc[self._one(without.index)]
            job = jobs.loc[self._one(jobs.index[jobs["work_area"] == "县内"])].copy()
            for column in ("register_household_no", "person_name", "id_number", "sex"):
                job[column] = person[column]
            job["started_month"], job["ended_month"], job["job_channel"] = self.month, pd.NaT, "自主就业"
            self.tables["employment"] = _with(jobs, [job])

    def _payrolls(self) -> None:
        for feed in PAYROLLS:
            table = self.tables[feed]
            table = table[table["amount_yuan"] > 0].assign(pay_month=self.month, payment_status="成功")
            self.tables[feed] = table.reset_index(drop=True)
        posts = self.tables["public_post"]
        if len(posts) > 6 and self.dice.random() < 0.3:
            posts.loc[self._one(posts.index), "payment_status"] = "退回"  # this month's money came back

    def _money(self) -> None:
        sources = [*RECEIVED]
        for _ in range(int(self.dice.integers(1, 4))):
            self.serial += 1
            source = sources[int(self.dice.integers(len(sources)))]
            project, year = PROJECTS[int(self.dice.integers(len(PROJECTS)))][0], self.month.year
            yuan, day = float(self.dice.integers(1, 900)) * 1000, self._day()
            shared = {
                "line_no": 1,
                "fund_source": source,
                "document_no": f"{RECEIVED[source][0]}〔{year}〕{11 + sources.index(source)}号",
                "fund_year": year,
                "project_no": None,
                "project_name": f"{year}年{source}{project}项目",
                "remark": None,
            }
            came = {"receipt_no": f"DZ{year}-{self.serial:04d}", "issued_on": day, "received_on": day}
            self._event("fund_received", {**shared, **came, "amount_yuan": yuan, "allotted_yuan": yuan})
            went = {"voucher_no": f"ZF{year}-{self.serial:04d}", "paid_on": day, "payee_name": PAYEES[0]}
            went |= {
                "purpose": f"拨付{shared['project_name']}款",
                "balance_yuan": None,
                "project_status": "在建",
            }
            self._event("fund_spent", {**shared, **went, "amount_yuan": yuan / 2})

    def _stays(self) -> None:
        """Stays in hospital of heads of households, who live on."""
        people = self.tables["register_person"]
        heads, old = people[people["relation_code"] == "户主"], self.happened["inpatient_settlement"][0]
        pattern = old[old["poverty_mark"].notna() & (old["care_place"] == "县内") & ~old["is_reversal"]].iloc[
            0
        ]
        for _ in range(int(self.dice.integers(1, 5))):
            self.serial += 1
            person, stay = heads.loc[self._one(heads.index)], pattern.copy()
            stay["settlement_no"] = f"JS{self.month.year}9{self.serial:06d}"
            stay["person_name"], stay["id_number"] = person["person_name"], person["id_number"]
            stay["admitted_on"] = self.month
            stay["discharged_on"] = stay["settled_on"] = self._day()
            self._event("inpatient_settlement", stay.to_dict())

    def _contracts(self) -> None:
        pattern, roll = self.happened["property_contract"][0].iloc[-1], self.tables["insurance_enrolment"]
        for _ in range(int(self.dice.integers(2, 5))):
            self.serial += 1
            buyer, contract = roll.loc[self._one(roll.index)], pattern.copy()
            contract["contract_no"] = f"XW{self.month.year}9{self.serial:05d}"
            contract["buyer_names"], contract["buyer_id_number"] = buyer["person_name"], buyer["id_number"]
            contract["signed_on"] = contract["filed_on"] = self._day()
            contract["registered_on"] = pd.NaT
            self._event("property_contract", contract.to_dict())

    def _event(self, feed: str, row: Mapping[Any, Any]) -> None:
        self.tables[feed] = _with(self.tables[feed], [pd.Series(row)])

    def _one(self, of: pd.Index[Any]) -> Any:
        return of[int(self.dice.integers(len(of)))]

    def _day(self) -> pd.Timestamp:
        return self.month + pd.Timedelta(days=int(self.dice.integers(1, 26)))


def _with(table: pd.DataFrame, rows: list[pd.Series[Any]]) -> pd.DataFrame:
    """The table with rows below it, of the same columns and types."""
    if not rows:
        return table.reset_index(drop=True)
    below = pd.DataFrame([row.to_dict() for row in rows]).reindex(columns=table.columns)
    below = below.astype(table.dtypes.to_dict())
    return pd.concat([table, below], ignore_index=True)
