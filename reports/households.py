"""What is published of a household: its people, guarantees, payments, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports import overrides
from reports.audience import Audience
from reports.published import Published

Record = dict[str, Any]
LACKING = ("NOT_MET", "UNKNOWN")
_PERSON_GUARANTEES = (
    ("education", "义务教育"),
    ("medical", "基本医疗"),
    ("education_subsidy", "教育生活费补助"),
)


@dataclass(frozen=True)
class Household:
    """One household at one date. `questions` are sentences."""

    facts: Record
    members: list[Record]
    guarantees: list[Record]
    payments: list[Record]
    overrides: list[Record]
    questions: list[str]


def read_household(published: Published, household_id: str, audience: Audience) -> Household:
    """The household of that id, which must be published at that date, as `audience` may read it."""
    found = {"household": household_id}
    [facts] = published.records(
        "select * from mart.dim_household where as_of = $as_of and household_id = $household", found
    )
    members = published.records(
        """
        select * from mart.dim_person where as_of = $as_of and household_id = $household
        order by relation_code <> '户主', register_person_no
        """,
        found,
    )
    guarantees = [
        each for each in _guarantees(published, household_id) if each["guarantee"] not in audience.hidden
    ]
    payments = _payments(published, household_id) if audience.has_sources else []
    questions = _questions(published, facts, members, guarantees, audience) if audience.has_sources else []
    by_hand = overrides.of_household(published, household_id) if audience.has_sources else []
    return Household(facts, members, guarantees, payments, by_hand, questions)


def _guarantees(published: Published, household_id: str) -> list[Record]:
    """Each guarantee with the first published date from which on its state has not changed.

    `is_since_first`: it was so at the first date at which the household is published.
    """
    sql = """
        with told as (
            select *, lag(state) over whole as state_before,
                min(as_of) over (partition by guarantee) as first_on
            from mart.fct_guarantee where household_id = $household and as_of <= $as_of
            window whole as (partition by guarantee order by as_of)
        ),
        changed as (
            select guarantee, max(as_of) as since_on from told
            where state_before is null or state_before <> state group by guarantee
        )
        select t.*, c.since_on, c.since_on = t.first_on as is_since_first, d.department_name, d.feed_title,
            d.as_of as evidence_on
        from told t
        join changed c on c.guarantee = t.guarantee
        left join mart.fct_delivery d on d.batch_id = t.evidence_batch_id
        where t.as_of = $as_of and (t.is_counted or t.guarantee in ('food', 'clothing'))
        order by t.sort_order
    """
    return published.records(sql, {"household": household_id})


def _payments(published: Published, household_id: str) -> list[Record]:
    sql = """
        select p.*, d.file_name from mart.fct_household_payment p
        left join mart.fct_delivery d on d.batch_id = p.source_batch_id
        where p.as_of = $as_of and p.household_id = $household
        order by p.amount_yuan desc, p.feed
    """
    return published.records(sql, {"household": household_id})


def _questions(
    published: Published,
    facts: Record,
    members: Sequence[Record],
    guarantees: Sequence[Record],
    audience: Audience,
) -> list[str]:
    """What somebody has to find out or put right about the household, the gravest first."""
    said = [
        f"{each['guarantee_label']}{each['state_label']}：{each['reason']}"
        for state in LACKING
        for each in guarantees
        if each["state"] == state
    ]
    names = {each["register_person_no"]: audience.name(each["person_name"]) for each in members}
    lacking = _lacking_members(published, facts["household_id"])
    said += [
        f"成员{names.get(each['register_person_no'], '')}（人编号 {each['register_person_no']}）"
        f"{each['label']}{each['state_label']}：{each['reason']}"
        for each in lacking
    ]
    stated = facts["member_count"]
    if stated is not None and stated != len(members):
        said.append(f"户表写家庭人口 {stated} 人，人口表有 {len(members)} 人。")
    if facts["village_code"] is None:
        said.append("所填的行政村在行政村名册中对不上。")
    if facts["natural_village_id"] is None:
        said.append("所填的自然村在供水台账中对不上。")
    return [*said, *_cross_file(published, facts["household_id"])]


def _lacking_members(published: Published, household_id: str) -> list[Record]:
    parts = " union all ".join(
        f"select {place} as place, '{label}' as label, register_person_no, {name}_state as state,"  # noqa: S608
        f" {name}_reason as reason from mart.fct_person_guarantee"
        " where as_of = $as_of and household_id = $household"
        for place, (name, label) in enumerate(_PERSON_GUARANTEES)
    )
    sql = f"""
        select p.*, case p.state when 'NOT_MET' then '未保障' else '待核实' end as state_label
        from ({parts}) p
        where p.state in ('NOT_MET', 'UNKNOWN') order by p.state = 'UNKNOWN', p.place, p.register_person_no
    """  # noqa: S608  (names of ours)
    return published.records(sql, {"household": household_id})


def _cross_file(published: Published, household_id: str) -> list[str]:
    """What other files do not agree with, of the rows that stand for the household in any figure."""
    sql = """
        select distinct c.feed_title, c.file_name, c.source_row, c.message
        from mart.fct_cross_file_problem c
        join mart.fct_figure_member m on m.as_of = c.as_of and m.source_batch_id = c.batch_id
            and m.source_sheet is not distinct from c.source_sheet and m.source_row = c.source_row
        where c.as_of = $as_of and m.household_id = $household
        order by all
    """
    found = published.records(sql, {"household": household_id})
    return [f"跨表核对，《{each['feed_title']}》{each['file_name']}：{each['message']}" for each in found]
