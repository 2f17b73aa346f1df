"""Plant what the county's own report contradicted itself in, X1 to X14, and say which members refute each.

A claim is a row of the ledger of statements, as an office writes it; what refutes it is in the other
offices' tables. Whoever refutes it is known from how the county was made up, or from what is put in here;
no rule of the warehouse is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ingestion.contracts import load_catalog
from sample_county.files.planting import LATEST, Planting
from sample_county.files.states import arsenic_over_limit, insured, pupil, row_of
from sample_county.world import rectification
from sample_county.world.model import World

AUTUMN, DECEMBER = "2019-2020-1", "2019-12"
Thing = TypeVar("Thing")
DONE = (rectification.DONE, rectification.CLOSED)


@dataclass(frozen=True)
class Refuting:
    """One member that refutes what is tested, told by the columns of its row (`told_by`) in a feed."""

    identity_id: str
    feed: str
    told_by: str
    member: str


def contradict(world: World, rng: np.random.Generator) -> list[Refuting]:
    """Put the contradictions into `world` and its truth; returns who refutes each, in order.

    Raises ValueError where the county has nobody whom one of them could be about.
    """
    planting = Planting(world, load_catalog(), rng)
    planted = [found for plant in PLANTS for found in plant(planting)]
    # What several put in together shows only when all is in.
    return planted + [found for told in TOLD for found in told(planting)]


def _claim(p: Planting, figure: str, item: str, value: float, unit: str, office: str) -> None:
    """One more statement in writing, by an office."""
    frame = p.table("attested_statement")
    row = {
        "statement_no": f"CJ2019-{len(frame) + 1:03d}",
        "figure_id": figure,
        "item": item,
        "stated_value": float(value),
        "stated_unit": unit,
        "document_name": f"关于{item}情况的说明",
        "attested_by": office,
        "attested_on": pd.Timestamp("2019-10-16"),
    }
    p.put("attested_statement", "", _with_rows(frame, [row]))


def _with_rows(frame: pd.DataFrame, rows: Iterable[dict[Any, Any]]) -> pd.DataFrame:
    added = pd.DataFrame(list(rows)).reindex(columns=frame.columns)
    added.index = pd.RangeIndex(int(frame.index.max()) + 1, int(frame.index.max()) + 1 + len(added))
    return pd.concat([frame, added.astype(frame.dtypes.to_dict())])


def _told(identity: str, feed: str, column: str, members: Iterable[object]) -> Iterator[Refuting]:
    for member in sorted({str(member) for member in members}):
        yield Refuting(identity, feed, column, member)


def _found(thing: Thing | None, identity: str) -> Thing:
    if thing is None:
        raise ValueError(f"the county has nobody for {identity}")
    return thing


def _adult(p: Planting, identity: str, keep: Callable[[pd.DataFrame], pd.Series[bool]]) -> pd.Series[Any]:
    """A registered grown-up whom `keep` takes, in a household that nothing is planted in yet."""
    people = p.table("register_person", LATEST)
    people = people[people["id_number"].notna() & ~people["id_number"].duplicated(keep=False)]
    people = people[(people["birth_on"] < "1990-01-01") & people["person_name"].isin(p.register.lone_names)]
    people = people[~people["register_household_no"].isin(p.used_households) & keep(people)]
    person = people.loc[[_found(p.choose(people.index), identity)]].iloc[0]
    p.used_households.add(str(person["register_household_no"]))
    return person


def subsidies(p: Planting) -> Iterator[Refuting]:
    """X1: paid off stage, paid twice, paid to somebody never registered. X3: a pupil not paid at all."""
    frame = p.table("education_subsidy", AUTUMN)
    of_juniors = frame[(frame["stage"] == "初中") & (frame["payment_status"] == "成功")]
    like: dict[Any, Any] = of_juniors.iloc[0].to_dict()
    off = _adult(p, "X1_stage", lambda people: ~people["id_number"].isin(frame["id_number"]))
    outsider = p.table("school_enrolment").loc[
        _found(p.outsider("school_enrolment", "", "id_number"), "X1_register")
    ]
    twice = _paid_pupil(p, frame, "X1_twice")
    again: dict[Any, Any] = frame.loc[twice].to_dict()
    paid = pd.Timestamp("2019-12-20")
    names = ("person_name", "id_number")
    rows: list[dict[Any, Any]] = [
        like | {name: off[name] for name in names} | {"bank_account": "6200001"},
        like | {name: outsider[name] for name in names} | {"bank_account": "6200002"},
        {**again, "paid_on": paid, "bank_account": "6200003", "remark": "补发"},
    ]
    unpaid = _paid_pupil(p, frame, "X3_pupils")
    number = frame.at[unpaid, "id_number"]
    left = frame[frame["id_number"] != number]
    p.put("education_subsidy", AUTUMN, _with_rows(left, rows))
    p.judge_person(_person(p, number), education_subsidy_state="NOT_MET")
    _claim(p, "edu_sub_rate", "建档立卡学生生活费补助发放率", 100, "%", "徐闻县教育局")
    p.unsettle("edu_subsidy_pp", "edu_sub_compulsory", "edu_sub_rate")
    yield from _told("X1_stage", "register_person", "register_person_no", [off["register_person_no"]])
    yield from _told(
        "X1_twice",
        "register_person",
        "register_person_no",
        [_person(p, again["id_number"])["register_person_no"]],
    )
    yield from _told("X1_register", "education_subsidy", "person_name", [outsider["person_name"]])
    yield from _told(
        "X3_pupils", "register_person", "register_person_no", [_person(p, number)["register_person_no"]]
    )


def _paid_pupil(p: Planting, frame: pd.DataFrame, identity: str) -> int:
    """The only payment of the term to a registered pupil of compulsory education."""
    person = p.person("education_subsidy_state", education_state="MET")
    for _ in range(len(p.persons)):
        person = _found(person, identity)
        row = row_of(frame, "id_number", person["id_number"])
        if row is not None and frame.at[row, "stage"] in ("小学", "初中"):
            p.used_households.add(str(person["register_household_no"]))
            return row
        person = p.person("education_subsidy_state", education_state="MET")
    raise ValueError(f"the county has nobody for {identity}")


def _person(p: Planting, number: object) -> pd.Series[Any]:
    return p.persons[p.persons["id_number"] == number].iloc[0]


def stays(p: Planting) -> Iterator[Refuting]:
    """X2: a stay of which nothing more than the fund paid, beside the claim that all had relief."""
    feed, label = "inpatient_settlement", "联网结算"
    frame = p.table(feed, label)
    own = frame[frame["poverty_mark"].notna() & (frame["care_place"] == "县内") & ~frame["is_reversal"]]
    ids = p.table("register_person", LATEST)["id_number"]
    once = ~own["id_number"].duplicated(keep=False) & own["id_number"].isin(ids)
    row = _found(p.choose(own.index[once & (own["settled_on"] >= "2019-02-01")]), "X2_stays")
    p.change(feed, label, row, critical_illness_paid_yuan=0.0, relief_paid_yuan=0.0, other_paid_yuan=0.0)
    _claim(p, "inpatient_relief_rate", "县内住院享受大病救助", 100, "%", "徐闻县医保局")
    yield from _told("X2_stays", feed, "settlement_no", [frame.at[row, "settlement_no"]])


def out_of_school(p: Planting) -> Iterator[Refuting]:
    """X4: a pupil who left school, beside the claims that all are there and all households guaranteed."""
    person, row = _found(pupil(p), "X4_pupils")
    p.change("school_enrolment", "", row, enrolment_status="辍学")
    p.judge_person(person, education_state="NOT_MET")
    p.unsettle("edu_in_school_pp", "edu_enrol_rate")
    _claim(p, "edu_enrol_rate", "建档立卡学生义务教育入学率", 100, "%", "徐闻县教育局")
    _claim(p, "grt_education", "义务教育有保障户", 100, "%", "徐闻县教育局")
    return iter(())


def posts(p: Planting) -> Iterator[Refuting]:
    """X5: a post paid to somebody without a job, and the claim that adds the posts to the jobs."""
    frame, jobs = p.table("public_post", DECEMBER), p.table("employment")
    at_work = _in_posts(p)
    busy = pd.concat([jobs["id_number"], *(t["id_number"] for t in p.world.tables["public_post"].values())])
    idle = _adult(p, "X5", lambda people: ~people["id_number"].isin(busy))
    like = frame[frame["person_kind"] == "建档立卡"].iloc[0].to_dict()
    row = {
        **like,
        "person_name": idle["person_name"],
        "id_number": idle["id_number"],
        "bank_account": "6200004",
    }
    p.put("public_post", DECEMBER, _with_rows(frame, [row]))
    total = p.world.truth_figures["emp_total"] + p.world.truth_figures["emp_public_post"]
    _claim(p, "emp_total", "建档立卡贫困人口就业人数", total, "人", "徐闻县人社局")
    p.unsettle("emp_public_post")
    yield from _told("X5", "register_person", "register_person_no", [idle["register_person_no"]])
    yield from _told("X5_sum", "register_person", "register_person_no", at_work)


def _in_posts(p: Planting) -> list[str]:
    """Registered people paid in a post in December; each of them has a job, as the county is made."""
    frame = p.table("public_post", DECEMBER)
    back = frame.loc[frame["payment_status"] == "退回", "id_number"]
    ids = set(frame["id_number"]) - set(back)
    found = p.persons.loc[p.persons["id_number"].isin(ids), "register_person_no"].tolist()
    if len(found) != p.world.truth_figures["emp_public_post"]:
        raise ValueError(f"{len(found)} people in posts, not {p.world.truth_figures['emp_public_post']}")
    return found


def insurance(p: Planting) -> Iterator[Refuting]:
    """X6: everybody is insured, one of them dead, one on both rolls."""
    residents = p.table("insurance_enrolment", "居民")
    dead, _ = _found(insured(p), "X6")
    p.used_households.add(str(dead["register_household_no"]))
    both, row = _found(insured(p), "X6")
    p.used_households.add(str(both["register_household_no"]))
    workers = p.table("insurance_enrolment", "职工")
    names = {name: residents.at[row, name] for name in ("insured_no", "person_name", "id_number")}
    p.put("insurance_enrolment", "职工", _with_rows(workers, [{**workers.iloc[0].to_dict(), **names}]))
    number, deaths = dead["id_number"], p.table("death_notice")
    notice = {
        **deaths.iloc[0].to_dict(), "person_name": dead["person_name"], "id_number": number,
        "sex": "男" if int(number[16]) % 2 else "女", "died_on": pd.Timestamp("2019-11-20"),
        "birth_on": pd.Timestamp(f"{number[6:10]}-{number[10:12]}-{number[12:14]}"),
        "registered_on": pd.Timestamp("2019-12-02"),
    }  # fmt: skip
    p.put("death_notice", "", _with_rows(deaths, [notice]))
    p.unsettle("ins_employee_pp")
    who = [dead["register_person_no"], both["register_person_no"]]
    yield from _told("X6", "register_person", "register_person_no", who)


def water(p: Planting) -> Iterator[Refuting]:
    """X7: water of lifted households with arsenic, beside "solved for good" and "every village has water"."""
    truth = p.truth_households.set_index("register_household_no")["water_state"].copy()
    if not arsenic_over_limit(p):
        raise ValueError("the county has nobody for X7")
    now = p.truth_households.set_index("register_household_no")["water_state"]
    worse = now.index[(now == "NOT_MET") & (truth != "NOT_MET")]
    households = p.table("register_household", LATEST).set_index("register_household_no")
    gone = households["is_lifted"].fillna(value=False) | households["is_exited"].fillna(value=False)
    supply, tests = (
        p.table("village_water_supply", DECEMBER),
        pd.concat(p.world.tables["water_quality_test"].values()),
    )
    value = pd.to_numeric(tests["arsenic_mg_l"], errors="coerce")
    over = supply["works_name"].isin(tests.loc[value > 0.05, "works_name"])
    _claim(p, "wat_arsenic_over", "饮水砷超标自然村", 0, "个", "徐闻县水务局")
    _claim(p, "wat_vlg_on", "通水自然村", len(supply), "个", "徐闻县水务局")
    column = "town_name,village_name,natural_village_name"
    places = _joined(supply, column)
    yield from _told("X7", "register_household", "register_household_no", worse[gone.reindex(worse)])
    yield from _told("X7_arsenic", "village_water_supply", column, places[over])
    dry = ~supply["is_piped"].fillna(value=False)
    yield from _told("X7_villages", "village_water_supply", column, places[dry])


def _joined(frame: pd.DataFrame, columns: str) -> pd.Series[str]:
    first, *others = columns.split(",")
    joined = frame[first].astype("str")
    for name in others:
        joined = joined + "|" + frame[name].astype("str")
    return joined


def register(p: Planting) -> Iterator[Refuting]:
    """X8, X13, X11: statements that count what has another status, kind or labour."""
    households = p.table("register_household", LATEST)
    lifted = households["is_lifted"].fillna(value=False)
    exited = households["is_exited"].fillna(value=False)
    relief, column = "徐闻县扶贫办", "register_household_no"
    _claim(p, "exited_hh", "建档立卡贫困户退出户数", int((lifted | exited).sum()), "户", relief)
    yield from _told("X8", "register_household", column, households.loc[lifted & ~exited, column])
    paid = p.table("subsistence_allowance", DECEMBER)
    paid = paid[paid["amount_yuan"] > 0]
    numbers = paid[[name for name in paid if str(name).endswith("id_number")]].stack().dropna()
    on_payroll = set(p.persons.loc[p.persons["id_number"].isin(numbers), column])
    truth = p.truth_households
    able = set(truth.loc[truth["safety_net_state"] == "NOT_APPLICABLE", column]) & on_payroll
    _claim(p, "dib_dibao_hh", "享受低保的贫困户", len(on_payroll), "户", "徐闻县民政局")
    yield from _told("X13", "register_household", column, able)
    villages = p.table("village")
    lived_in = set(_joined(households, "town_name,village_name"))
    names = _joined(villages, "town_name,village_name")
    with_poor = names.isin(lived_in)
    _claim(p, "vlg_with_poor_committee", "有贫困人口的村委会", int(with_poor.sum()), "个", relief)
    kinds = with_poor & (villages["village_kind"] == "居")
    yield from _told("X11", "village", "town_name,village_name", names[kinds])


def funds(p: Planting) -> Iterator[Refuting]:
    """X9: money that was not allotted, and a project whose document brought no money."""
    receipts = p.table("fund_received")
    counted = receipts.index[(receipts["fund_source"] == "省级") & (receipts["fund_year"] == 2019)]
    row = int(counted[0])
    p.change("fund_received", "", row, allotted_yuan=receipts["amount_yuan"][row] / 2)
    projects = p.table("industry_project")
    single = ~projects["project_name"].duplicated(keep=False) & (projects["fiscal_yuan"] > 0)
    single &= projects["project_status"].fillna("在建") != "终止"
    single &= projects["initiated_on"].fillna(pd.Timestamp("2018-01-01")) <= "2019-12-31"
    at = projects.index[single]
    p.change("industry_project", "", int(at[0]), fund_document_no=None)
    p.change("industry_project", "", int(at[-1]), fund_document_no="徐扶〔2019〕99号")
    names = [projects.at[int(at[0]), "project_name"], projects.at[int(at[-1]), "project_name"]]
    entry = _joined(receipts.loc[[row]], "receipt_no,line_no").iloc[0]
    yield from _told("X9_allotted", "fund_received", "receipt_no,line_no", [entry])
    yield from _told("X9_projects", "industry_project", "project_name", names)


def issues(p: Planting) -> Iterator[Refuting]:
    """X3, X10: issues of the audit that are not put right; and a claim of more closed ones than there are."""
    frame = p.table("audit_issue")
    for number in ("SJ22-2", "SJ22-4"):
        for row in frame.index[frame["issue_no"] == number]:
            p.change("audit_issue", "", int(row), rectification_status=rectification.OPEN,
                     rectified_on=pd.NaT, closed_on=pd.NaT, evidence=None)  # fmt: skip
    p.unsettle("aud_22_done")
    _claim(p, "rect_closed", "已整改销号问题数", 60, "个", "徐闻县扶贫办")
    _claim(p, "aud_22_done", "粤审农报〔2019〕22号已整改问题数", 7, "个", "徐闻县扶贫办")
    return iter(())


def works(p: Planting) -> Iterator[Refuting]:
    """X12: works that were finished and not accepted, a dwelling that is not safe, and claims that all is."""
    frame = p.table("renovation_task")
    for batch in ("2018年存量", "2019年"):
        own = frame.index[(frame["task_batch"] == batch) & frame["acceptance_result"].notna()
                          & ~frame["id_number"].isin(p.persons["id_number"])]  # fmt: skip
        row = _found(p.choose(own), "X12")
        p.change("renovation_task", "", row, accepted_on=pd.NaT, acceptance_result=None, paid_on=pd.NaT)
    _claim(p, "grt_housing", "住房安全有保障户", 100, "%", "徐闻县住建局")
    for year, batch in (("2018", "2018年存量"), ("2019", "2019年")):
        tasks = int((frame["task_batch"] == batch).sum())
        _claim(p, f"hous_{year}_accepted", f"{year}年危房改造验收合格", tasks, "户", "徐闻县住建局")
    return iter(())


def research(p: Planting) -> Iterator[Refuting]:
    """X14: a month without a trip of one of the leaders, a town nobody went to, and days miscounted."""
    trips = p.table("research_visit")
    own = (trips["visit_kind"] == "专题调研") & trips["leader_post"].isin(["县委书记", "县长"])
    august = trips["started_on"].dt.month == 8
    villages = p.table("village")
    town = trips["town_name"] == villages.loc[villages["is_relative_poor"], "town_name"].iloc[-1]
    gone = own & ((august & (trips["leader_post"] == "县长")) | town)
    p.put("research_visit", "", trips[~gone])
    statements = p.table("attested_statement")
    row = statements.index[statements["figure_id"] == "research_days"][0]
    p.change("attested_statement", "", int(row), stated_value=60.0)
    p.unsettle("research_times", "research_days", "research_months", "research_towns", "research_vlg_poor")
    return iter(())


def told_of_people(p: Planting) -> Iterator[Refuting]:
    """X4 and X12: whoever is not met, unknown or exempt by the truth about the county."""
    persons, households = p.truth_persons, p.truth_households
    out = persons.loc[persons["education_state"].isin(["NOT_MET", "UNKNOWN", "EXEMPT"]), "register_person_no"]
    yield from _told("X4_pupils", "register_person", "register_person_no", out)
    for identity, state in (("X4_households", "education_state"), ("X12_dwellings", "housing_state")):
        found = households[households[state].isin(["NOT_MET", "UNKNOWN", "EXEMPT"])]
        numbers = found["register_household_no"]
        yield from _told(identity, "register_household", "register_household_no", numbers)


def told_of_issues(p: Planting) -> Iterator[Refuting]:
    """X2, X3, X10: issues by their texts, since one of them has no number."""
    frame = p.table("audit_issue")
    key = frame["issue_no"].fillna(frame["issue_text"])
    done = frame["rectification_status"].isin(DONE).groupby(key).transform("all")
    day = frame["closed_on"].fillna(pd.Timestamp("2019-12-31"))
    closed = (frame["rectification_status"] == rectification.CLOSED) & (day <= "2019-12-31")
    closed = closed.groupby(key).transform("all")
    first = ~key.duplicated()
    of_report = frame["issue_source"].isin(["巡察", "审计"]) & (frame["document_no"] != "徐审报〔2015〕8号")
    for identity, chosen in (
        ("X2_issues", (frame["issue_category"] == "医疗救助") & ~done),
        ("X3_issues", (frame["issue_category"] == "教育资助") & ~done),
        ("X10", (frame["document_no"] == rectification.AUDIT_22) & ~done),
        ("X10_closed", of_report & ~closed),
    ):
        yield from _told(identity, "audit_issue", "issue_text", frame.loc[chosen & first, "issue_text"])


def told_of_works(p: Planting) -> Iterator[Refuting]:
    """X12: tasks finished and not accepted."""
    frame = p.table("renovation_task")
    for identity, batch in (("X12_2018", "2018年存量"), ("X12_2019", "2019年")):
        open_ = frame[(frame["task_batch"] == batch) & frame["acceptance_result"].isna()]
        yield from _told(identity, "renovation_task", "dwelling_file_no", open_["dwelling_file_no"])


def told_of_trips(p: Planting) -> Iterator[Refuting]:
    """X14: the days in households; months, towns and relative-poor villages without a trip."""
    trips = p.table("research_visit")
    trips = trips[(trips["visit_kind"] == "专题调研") & trips["leader_post"].isin(["县委书记", "县长"])]
    trips = trips[trips["started_on"].dt.year == 2019]
    at_home = trips[trips["is_in_households"]]
    ends = at_home["ended_on"].fillna(at_home["started_on"])
    days = {d.date() for a, b in zip(at_home["started_on"], ends, strict=True) for d in pd.date_range(a, b)}
    months = [set(own["started_on"].dt.month) for _, own in trips.groupby("leader_post")]
    villages = p.table("village")
    poor = villages[villages["is_relative_poor"]]
    cells = zip(trips["town_name"], trips["village_name"].fillna(""), strict=True)
    been = {f"{town}|{village}" for town, cell in cells for village in cell.split("、")}
    names = _joined(poor, "town_name,village_name")
    missing = set(range(1, 13)) - (months[0] & months[1])
    towns = set(villages["town_name"]) - set(trips["town_name"])
    yield from _told("X14_days", "", "day", days)
    yield from _told("X14_months", "", "day", (f"2019-{month:02d}-01" for month in missing))
    yield from _told("X14_towns", "village", "town_name", towns)
    yield from _told("X14_villages", "village", "town_name,village_name", names[~names.isin(been)])


PLANTS: tuple[Callable[[Planting], Iterator[Refuting]], ...] = (
    subsidies, stays, out_of_school, posts, insurance, water, register, funds, issues, works, research,
)  # fmt: skip
TOLD = (told_of_people, told_of_issues, told_of_works, told_of_trips)
