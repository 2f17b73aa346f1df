"""What the report, or somebody in writing, says otherwise than the rows do, and the members that show it."""

from __future__ import annotations

from datetime import date

from sanbao.errors import SanbaoError
from sanbao.queries.serving import Table, known_town, query, served_as_of
from sanbao.settings import Settings

# What is tested → whose reason says why a member is in its state: q a person's, g a household's.
_REASONS = {
    "X3_pupils": "q.education_subsidy_reason",
    "X4_pupils": "q.education_reason",
    "X4_households": "g.education_reason",
    "X12_dwellings": "g.housing_reason",
}


def contradictions(settings: Settings, as_of: date | None = None) -> Table:
    """All that is looked for, one row each, those found first: sentence, claim, count, refuting members."""
    return query(
        settings,
        """
        select contradiction_id, identity_id, severity, statement, label, claimed_value, claimed_unit,
            counted_value, counted_unit, identity_state, differing_count, document_name
        from mart.fct_identity
        where as_of = $as_of and contradiction_id is not null
        order by identity_state <> 'BROKEN', sort_order, identity_id
        """,
        as_of=served_as_of(settings, as_of),
    )


def refuting(settings: Settings, what: str, town: str | None = None, as_of: date | None = None) -> Table:
    """The members that refute a contradiction (X5) or one of its tests (X5_sum), with file, sheet and row.

    Raises CONTRADICTION_UNKNOWN, TOWN_UNKNOWN. Members that tell of people's health are counted only and
    are not among them.
    """
    day = served_as_of(settings, as_of)
    known = {
        name
        for row in contradictions(settings, day).records()
        for name in (str(row["contradiction_id"]), str(row["identity_id"]))
    }
    if what not in known:
        raise SanbaoError("CONTRADICTION_UNKNOWN", what=what)
    town_name = known_town(settings, town, day) if town is not None else None
    reasons = " ".join(f"when '{identity}' then {column}" for identity, column in _REASONS.items())
    return query(
        settings,
        f"""
        select i.contradiction_id, i.identity_id, m.town_name, m.village_name, h.register_household_no,
            h.head_name, p.register_person_no, p.person_name, m.state,
            case i.identity_id {reasons} end as reason, m.left_amount, m.right_amount, m.member_kind,
            m.member_key, d.department_name, d.file_name, m.source_sheet, m.source_row
        from mart.fct_identity i
        join mart.fct_identity_member m on m.identity_id = i.identity_id and m.as_of = i.as_of
        left join mart.dim_household h on h.household_id = m.household_id and h.as_of = $as_of
        left join (
            from mart.dim_person where as_of = $as_of
            qualify row_number() over (partition by person_key, household_id order by register_person_no) = 1
        ) p on p.person_key = m.person_key and (m.household_id is null or p.household_id = m.household_id)
        left join mart.fct_household_guarantee g on g.household_id = m.household_id and g.as_of = $as_of
        left join mart.fct_person_guarantee q
            on q.register_person_no = p.register_person_no and q.as_of = $as_of
        left join mart.fct_delivery d on d.batch_id = m.source_batch_id
        where i.as_of = $as_of and i.identity_state = 'BROKEN'
            and $what in (i.contradiction_id, i.identity_id)
            and ($town is null or m.town_name = $town)
        order by i.sort_order, m.town_code, m.village_code, m.member_key
        """,  # noqa: S608  (columns of ours)
        as_of=day,
        what=what,
        town=town_name,
    )
