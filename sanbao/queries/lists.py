"""The lists behind figures, and what is behind a household: from a number to file, sheet and row."""

from __future__ import annotations

from datetime import date

from sanbao.errors import SanbaoError
from sanbao.queries.serving import Table, known_town, query, served_as_of
from sanbao.settings import Settings

GUARANTEES = ("education", "medical", "housing", "water", "safety_net", "food", "clothing")
_LABELS = {
    "education": "义务教育", "medical": "基本医疗", "housing": "住房安全", "water": "饮水安全",
    "safety_net": "兜底保障", "food": "不愁吃", "clothing": "不愁穿",
}  # fmt: skip
LACKING = ("NOT_MET", "UNKNOWN")


def members(
    settings: Settings,
    figure: str,
    town: str | None = None,
    as_of: date | None = None,
    lacking: bool = False,
) -> Table:
    """The list behind a figure, county-wide or of one town (name, as people write it, or code).

    One row a member: of a rate everybody in its denominator, with `is_counted` for those above the line;
    those who lack something come first, and with `lacking` alone. Raises FIGURE_UNKNOWN, TOWN_UNKNOWN, and
    FIGURE_NOT_LISTED for one that is counted only, since it tells of people's health.
    """
    day = served_as_of(settings, as_of)
    _known_figure(settings, figure, day)
    _listed(settings, figure, day)
    town_name = known_town(settings, town, day) if town is not None else None
    return query(
        settings,
        """
        select m.is_counted, m.town_name, m.village_name, m.register_household_no, m.head_name,
            p.person_handle, m.register_person_no, m.person_name, m.state, m.reason,
            o.recorded_by as override_by, o.until_on as override_until, m.override_id, m.amount,
            m.member_kind, m.member_key
        from mart.fct_figure_member m
        left join mart.fct_override o on o.override_id = m.override_id and o.as_of = $as_of
        left join mart.dim_person p on p.register_person_no = m.register_person_no and p.as_of = $as_of
        where m.figure_id = $figure and m.as_of = $as_of and m.counted_amount is not null
            and ($town is null or m.town_name = $town) and (not $lacking or m.state in ('NOT_MET', 'UNKNOWN'))
        order by case m.state when 'NOT_MET' then 1 when 'UNKNOWN' then 2 else 3 end, m.town_code,
            m.village_code, m.member_key
        """,
        figure=figure,
        as_of=day,
        town=town_name,
        lacking=lacking,
    )


def household_of(settings: Settings, what: str, as_of: date | None = None) -> str | None:
    """The id of the household that is called so (id or 户编号); None where there is none."""
    found = query(
        settings,
        """
        select household_id from mart.dim_household
        where as_of = $as_of and (household_id = $what or register_household_no = $what)
        """,
        as_of=served_as_of(settings, as_of),
        what=what,
    ).rows
    return str(found[0][0]) if found else None


def states(settings: Settings, household_id: str, as_of: date | None = None) -> Table:
    """Each guarantee of a household: its state, why, and the file, sheet and row that say so.

    Of one that is by hand (also of a member): who said so, on what evidence, until when; what the files say.
    """
    parts = " union all ".join(
        f"select {place} as place, '{each}' as name, '{_LABELS[each]}' as guarantee, g.{each}_state as state,"  # noqa: S608
        f" g.{each}_reason as reason, g.{each}_evidence_batch_id as batch_id,"
        f" g.{each}_evidence_sheet as source_sheet, g.{each}_evidence_row as source_row"
        " from mart.fct_household_guarantee g where g.household_id = $household and g.as_of = $as_of"
        for place, each in enumerate(GUARANTEES)
    )
    return query(
        settings,
        f"""
        select s.guarantee, s.state, s.reason, d.department_name, d.file_name, s.source_sheet, s.source_row,
            o.recorded_by as override_by, o.evidence as override_evidence, o.until_on as override_until,
            f.state_before_override, f.override_id
        from ({parts}) s left join mart.fct_delivery d on d.batch_id = s.batch_id
        left join mart.fct_guarantee f on f.household_id = $household and f.as_of = $as_of
            and f.guarantee = s.name
        left join mart.fct_override o on o.override_id = f.override_id and o.as_of = $as_of
        order by s.place
        """,  # noqa: S608  (names of ours)
        household=household_id,
        as_of=served_as_of(settings, as_of),
    )


def trace(settings: Settings, what: str, as_of: date | None = None) -> Table:
    """From a figure, or a household (id or 户编号), to the files, sheets and rows it rests on."""
    day = served_as_of(settings, as_of)
    household = household_of(settings, what, day)
    if household is None:
        try:
            _known_figure(settings, what, day)
        except SanbaoError as error:
            raise SanbaoError("NOT_FOUND", what=what) from error
        _listed(settings, what, day)
    return query(
        settings,
        """
        select distinct f.label, m.figure_id, m.role, m.member_kind, m.member_key, d.department_name,
            d.file_name, d.received_at, m.source_sheet, m.source_row, left(d.sha256, 12) as sha256,
            o.recorded_by as override_by, m.override_id
        from mart.fct_figure_member m
        left join mart.fct_override o on o.override_id = m.override_id and o.as_of = m.as_of
        left join mart.dim_figure f on f.figure_id = m.figure_id and f.as_of = m.as_of
        left join mart.fct_delivery d on d.batch_id = m.source_batch_id
        where m.as_of = $as_of
            and (m.household_id = $household or ($household is null and m.figure_id = $what))
        order by m.figure_id, m.role desc, d.file_name, m.source_sheet, m.source_row
        """,
        as_of=day,
        what=what,
        household=household,
    )


def _known_figure(settings: Settings, figure: str, day: date) -> None:
    sql = "select 1 from mart.fct_figure where figure_id = $figure and as_of = $as_of limit 1"
    if not query(settings, sql, figure=figure, as_of=day).rows:
        raise SanbaoError("FIGURE_UNKNOWN", figure=figure)


def _listed(settings: Settings, figure: str, day: date) -> None:
    """Raises FIGURE_NOT_LISTED for a figure that has been counted but none of whose members is served."""
    sql = """
        select 1 from mart.fct_figure f
        where f.figure_id = $figure and f.as_of = $as_of and f.area_level = 'county' and f.numerator > 0
            and not exists (
                from mart.fct_figure_member m where m.figure_id = f.figure_id and m.as_of = f.as_of
            )
    """
    if query(settings, sql, figure=figure, as_of=day).rows:
        raise SanbaoError("FIGURE_NOT_LISTED", figure=figure, warehouse=str(settings.warehouse))
