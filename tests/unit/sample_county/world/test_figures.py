"""The tables at full scale have the report's figures, each counted here without the builder's help."""

from __future__ import annotations

import pandas as pd
import pytest

from sample_county.calibration import REPORT_FIGURES
from sample_county.world.model import World

pytestmark = pytest.mark.slow

AS_OF = "2019-12-31"
COMPULSORY_GRADES = ["一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "七年级", "八年级", "九年级"]
IN_SCHOOL = ["在校", "送教上门", "随班就读", "特教", "异地就读已核"]
FIVE_TOWNS = {"迈陈镇", "海安镇", "西连镇", "龙塘镇", "角尾乡"}


def households(world: World) -> pd.DataFrame:
    return world.tables["register_household"][AS_OF]


def persons(world: World) -> pd.DataFrame:
    return world.tables["register_person"][AS_OF]


def stacked(world: World, feed: str) -> pd.DataFrame:
    return pd.concat(world.tables[feed].values(), ignore_index=True)


def in_scope(world: World) -> pd.DataFrame:
    """§9: 6 to 15 on 31 August, or enrolled in 小学/初中, or in grades 1 to 9 by the register."""
    people, roll = persons(world), stacked(world, "school_enrolment")
    is_of_age = people["birth_on"].between("2003-09-01", "2013-08-31")
    enrolled = roll[roll["stage"].isin(["小学", "初中"]) & roll["enrolment_status"].isin(IN_SCHOOL)]
    is_pupil = people["student_status"].isin(COMPULSORY_GRADES)
    return people[is_of_age | is_pupil | people["id_number"].isin(enrolled["id_number"])]


def test_truth_holds_the_report_s_figures(world: World) -> None:
    found = {name: world.truth_figures.get(name) for name in REPORT_FIGURES}
    assert found == REPORT_FIGURES


def test_register(world: World) -> None:
    house, people = households(world), persons(world)
    assert (len(house), len(people), house["member_count"].sum()) == (9576, 30811, 30811)
    lifted, exited = house[house["is_lifted"]], house[house["is_exited"]]
    assert (len(lifted), lifted["member_count"].sum()) == (9496, 30539)
    assert (len(exited), exited["member_count"].sum()) == (9484, 30482)
    assert not (house["is_exited"] & ~house["is_lifted"]).any()
    nanshan = house[house["town_name"] == "南山镇"]
    assert (len(nanshan), nanshan["member_count"].sum()) == (563, 2292)
    manghai = nanshan[nanshan["village_name"] == "芒海村"]
    assert (len(manghai), manghai["member_count"].sum()) == (46, 181)
    assert (
        people.groupby("register_household_no").size()
        == house.set_index("register_household_no")["member_count"]
    ).all()
    assert (people[people["relation_code"] == "户主"].groupby("register_household_no").size() == 1).all()


def test_register_grows_into_its_december_edition(world: World) -> None:
    lifted = [int(t["is_lifted"].sum()) for t in world.tables["register_household"].values()]
    exited = [int(t["is_exited"].sum()) for t in world.tables["register_household"].values()]
    assert lifted == sorted(lifted) and lifted[0] < lifted[-1]
    assert exited[0] == 0 and exited == sorted(exited)


def test_villages(world: World) -> None:
    village, house = world.tables["village"]["2019"], households(world)
    home = village.merge(house[["town_name", "village_name"]].drop_duplicates())
    assert (len(village), village["town_name"].nunique(), len(home)) == (188, 15, 180)
    assert (village["is_relative_poor"].sum(), home["is_relative_poor"].sum()) == (25, 25)
    ledger = world.tables["village_water_supply"]["2019-12"]
    assert village["agricultural_population"].sum() == ledger["agricultural_population"].sum() == 620_300
    assert village["natural_village_count"].sum() == len(ledger) == 1322
    key = ["town_name", "village_name", "natural_village_name"]
    assert len(house.merge(ledger[key])) == len(house)


def test_water(world: World) -> None:
    ledger = world.tables["village_water_supply"]["2019-12"]
    assert ledger["is_piped"].sum() == 1154 and ledger["served_population"].sum() == 571_700
    assert (ledger["served_population"] <= ledger["agricultural_population"]).all()
    assert ledger.loc[~ledger["is_piped"], "served_population"].sum() == 0
    assert world.tables["village_water_supply"]["2019-10"]["is_piped"].sum() < 1154
    tests = stacked(world, "water_quality_test")
    value = pd.to_numeric(tests["arsenic_mg_l"], errors="coerce")
    failed = ledger[ledger["works_name"].isin(tests.loc[value > 0.05, "works_name"])]
    assert set(failed["town_name"]) == FIVE_TOWNS
    towns = ledger.drop_duplicates("works_name").set_index("works_name")["town_name"]
    assert tests.loc[tests["works_name"].map(towns).isin(FIVE_TOWNS), "arsenic_mg_l"].notna().all()


def test_compulsory_education(world: World) -> None:
    scope, roll = in_scope(world), stacked(world, "school_enrolment")
    enrolled = roll[roll["enrolment_status"].isin(IN_SCHOOL)]
    at_home = scope[~scope["id_number"].isin(enrolled["id_number"])]
    assert (len(scope), len(scope) - len(at_home)) == (4518, 4492)
    assert at_home["not_in_school_reason"].notna().all()
    approved = at_home["id_number"].isin(world.tables["schooling_exemption"]["2019"]["id_number"])
    assert approved.sum() == 9


def test_subsidies(world: World) -> None:
    paid = stacked(world, "education_subsidy")
    june = world.tables["register_person"]["2019-06-30"]["id_number"]
    november = world.tables["register_person"]["2019-11-30"]["id_number"]
    is_spring = paid["term"] == "第二学期"
    assert paid.loc[is_spring, "id_number"].isin(june).all()
    assert paid.loc[~is_spring, "id_number"].isin(november).all()
    assert (paid["paid_on"].dt.year == 2019).all()
    net = paid.groupby("id_number")["amount_yuan"].sum()
    last = paid.sort_values("paid_on").groupby("id_number")["stage"].last().loc[net[net > 0].index]
    counts = last.replace({"小学": "义务", "初中": "义务"}).value_counts().to_dict()
    assert counts == {"义务": 4884, "普高": 529, "中职": 365, "大专": 304, "技工": 269}
    assert {"退票", "补发"} <= set(paid["payment_status"])
    net_by_term = paid.groupby(["term", "id_number"])[["amount_yuan", "standard_yuan"]].agg(
        {"amount_yuan": "sum", "standard_yuan": "first"}
    )
    assert (net_by_term["amount_yuan"] == net_by_term["standard_yuan"]).all()


@pytest.mark.parametrize(("edition", "term"), [("2019-06-30", "第二学期"), (AS_OF, "第一学期")])
def test_every_registered_student_was_paid(world: World, edition: str, term: str) -> None:
    people, paid = world.tables["register_person"][edition], stacked(world, "education_subsidy")
    status = people["student_status"].fillna("")
    eligible = people[status.isin(COMPULSORY_GRADES) | status.str.contains("普通高中|中职|技工|高职")]
    assert set(eligible["id_number"]) == set(paid.loc[paid["term"] == term, "id_number"]) & set(
        people["id_number"]
    )
    roll = stacked(world, "school_enrolment")
    enrolled = roll[roll["enrolment_status"].isin(IN_SCHOOL) & (roll["stage"] != "学前")]
    if edition == AS_OF:
        own = people[people["id_number"].isin(enrolled["id_number"])]
        assert own["id_number"].isin(paid.loc[paid["term"] == term, "id_number"]).all()


def test_bridge_adds_up(world: World) -> None:
    steps = {k: v for k, v in world.truth_figures.items() if k.startswith("bridge_")}
    total = steps.pop("bridge_paid_compulsory")
    assert steps["bridge_in_scope"] == 4518 and total == sum(steps.values()) == 4884


def members_on_allowance(payroll: pd.DataFrame) -> set[str]:
    columns = ["id_number", *(f"member_{i}_id_number" for i in range(1, 9))]
    return set(payroll[columns].stack().dropna())


def test_safety_net(world: World) -> None:
    house, people = households(world), persons(world)
    poor = people[
        people["register_household_no"].isin(
            house.loc[house["labour_state"] == "无", "register_household_no"]
        )
    ]
    has_none = people["labour_capacity"].isin(["无劳动力", "丧失劳动力"]) | (
        people["birth_on"] > "2003-12-31"
    )
    has_none |= people["student_status"].fillna("学龄前儿童") != "学龄前儿童"
    without = has_none.groupby(people["register_household_no"]).all()
    assert set(without[without].index) == set(poor["register_household_no"])
    allowance = poor["id_number"].isin(members_on_allowance(world.tables["subsistence_allowance"]["2019-12"]))
    support = poor["id_number"].isin(world.tables["destitute_support"]["2019-12"]["id_number"])
    by_kind = {}
    for name, on_roll in {"dibao": allowance, "wubao": support}.items():
        own = poor[poor["register_household_no"].isin(poor.loc[on_roll, "register_household_no"])]
        by_kind[name] = (own["register_household_no"].nunique(), len(own))
    assert by_kind == {"dibao": (979, 2200), "wubao": (2513, 2815)}
    assert allowance.sum() == 2200
    assert (poor["register_household_no"].nunique(), len(poor)) == (3492, 5015)


def test_medical(world: World) -> None:
    people, rolls = persons(world), world.tables["insurance_enrolment"]
    paid = {k: t.loc[t["is_paid"] & (t["insurance_status"] == "正常"), "id_number"] for k, t in rolls.items()}
    resident, employee = people["id_number"].isin(paid["居民"]), people["id_number"].isin(paid["职工"])
    assert (resident.sum(), employee.sum(), (resident ^ employee).sum()) == (30595, 216, 30811)
    assert (resident == people["has_resident_insurance"]).all()


def test_stays(world: World) -> None:
    stays = stacked(world, "inpatient_settlement")
    own = stays[stays["id_number"].isin(persons(world)["id_number"]) & (stays["care_place"] == "县内")]
    reversal = own[own["is_reversal"]]
    key = ["id_number", "admitted_on", "discharged_on"]
    pairs = own[~own["is_reversal"]].merge(
        reversal.assign(total_yuan=-reversal["total_yuan"]), on=[*key, "total_yuan"]
    )
    assert len(pairs) == len(reversal) > 0
    counted = own[~own["is_reversal"] & ~own["settlement_no"].isin(pairs["settlement_no_x"])]
    assert len(counted) == 7172 and (counted["relief_paid_yuan"] > 0).all()
    assert (stays["settled_on"].dt.year == 2019).all()
    parts = ["fund_paid_yuan", "critical_illness_paid_yuan", "relief_paid_yuan", "other_paid_yuan"]
    shares = stays[[*parts, "account_paid_yuan", "cash_paid_yuan"]].sum(axis=1)
    assert ((shares - stays["total_yuan"]).abs() < 0.005).all()


def test_renovation(world: World) -> None:
    tasks = world.tables["renovation_task"]["2019"]
    assert tasks["task_batch"].value_counts().to_dict() == {"2018年存量": 615, "2019年": 156}
    assert (tasks["finished_on"] <= AS_OF).all()
    own = tasks[tasks["id_number"].isin(persons(world)["id_number"])]
    assert 0 < len(own) < len(tasks) and own["id_number"].is_unique
    assert own["accepted_on"].isna().sum() == 12


def test_meetings(world: World) -> None:
    ledger = world.tables["meeting"]["2019"]
    held = ledger[ledger["is_on_poverty"] & ledger["meeting_status"].fillna("已召开").eq("已召开")]
    counts = held[held["held_on"].dt.year == 2019].groupby("meeting_kind")["meeting_name"].nunique()
    assert counts.drop("其他").to_dict() == {
        "县委书记专题会议": 2,
        "县委常委会": 10,
        "县政府常务会": 9,
        "行业部门联席会议": 5,
        "领导小组专题会议": 8,
    }
    assert {"取消", "延期"} < set(ledger["meeting_status"].dropna())
    assert (ledger.groupby("meeting_name").size() > 1).sum() > 10 and not ledger["is_on_poverty"].all()


def test_visits_of_the_leaders(world: World) -> None:
    ledger, village = world.tables["research_visit"]["2019"], world.tables["village"]["2019"]
    own = ledger[ledger["visit_kind"].eq("专题调研") & ledger["leader_post"].isin(["县委书记", "县长"])]
    own = own[own["started_on"].dt.year == 2019]
    assert len(own.drop_duplicates(["started_on", "ended_on", "town_name", "village_name"])) == 38 < len(own)
    days = own[own["is_in_households"]].assign(ended_on=own["ended_on"].fillna(own["started_on"]))
    spans = [
        pd.date_range(start, end) for start, end in zip(days["started_on"], days["ended_on"], strict=True)
    ]
    assert len({day for span in spans for day in span}) == 38
    months = own.groupby("leader_post")["started_on"].agg(lambda day: day.dt.month.nunique())
    assert months.to_dict() == {"县委书记": 12, "县长": 12} and own["town_name"].nunique() == 15
    visited = own.assign(village_name=own["village_name"].str.split("、")).explode("village_name")
    poor = village[village["is_relative_poor"]].merge(
        visited[["town_name", "village_name"]].drop_duplicates()
    )
    assert len(poor) == 25
    campaign = ledger[ledger["visit_kind"].eq("主题教育调研") & ledger["has_report"]]
    september = campaign[campaign["started_on"].between("2019-09-01", "2019-09-30")]
    assert (september["visit_subject"].nunique(), september["town_name"].nunique()) == (1, 15)


def test_rectification(world: World) -> None:
    letter, issue = world.tables["audit_report"]["2019"], world.tables["audit_issue"]["2019"]
    since = letter[
        (letter["reported_on"] >= "2016-01-01") & letter["field"].fillna("精准扶贫").eq("精准扶贫")
    ]
    kinds = since["supervision_kind"].value_counts()
    assert (kinds["巡察"], kinds["审计"]) == (1, 2)
    key = issue["issue_no"].fillna(pd.Series(issue.index.astype("str"), index=issue.index))
    is_closed = issue["rectification_status"].eq("销号") & ~(issue["closed_on"] > "2019-12-31")
    whole = issue.assign(key=key, is_closed=is_closed, weight=issue["issue_count"].fillna(1)).groupby("key")
    each = whole.first().assign(is_closed=whole["is_closed"].all())
    since_2016 = each[each["reported_on"].isna() | (each["reported_on"] >= "2016-01-01")]
    count = since_2016.groupby(["issue_source", "is_closed"])["weight"].sum()
    found = {(source, bool(closed)): int(n) for (source, closed), n in count.items()}
    assert {key: n for key, n in found.items() if key[0] in ("巡察", "审计")} == {
        ("巡察", True): 21, ("巡察", False): 4, ("审计", True): 10, ("审计", False): 36,
    }  # fmt: skip
    of_letter = each[each["document_no"] == "粤审农报〔2019〕22号"]
    assert of_letter.groupby("issue_category")["weight"].sum().to_dict() == {"教育资助": 3, "购买商品房": 4}
    assert issue["issue_no"].isna().any() and issue["issue_no"].dropna().duplicated().any()
