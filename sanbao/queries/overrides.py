"""Overrides as they are published: what a person said against the files, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sanbao.queries.serving import Table, query, served_as_of
from sanbao.settings import Settings


@dataclass(frozen=True)
class Judged:
    """What can be overridden: a guarantee, its label, of whom it is judged."""

    guarantee: str
    label: str
    is_of_persons: bool


@dataclass(frozen=True)
class Counts:
    """How many overrides hold at a date, and how many of all ask for somebody's attention, and why."""

    in_force: int
    lapsing: int
    redundant: int
    unfound: int


def overrides(settings: Settings, as_of: date | None = None) -> Table:
    """Every override that was known to the published build of `as_of`, those first that need attention."""
    return query(
        settings,
        """
        select override_id, register_household_no, register_person_no, town_name, village_name,
            guarantee_label, state, state_before_override, override_state, override_state_label,
            speaks_for_on, until_on, days_left, recorded_by, reason, evidence, amendment_reason,
            recorded_at, lifted_by, lift_reason, lifted_at, is_in_force
        from mart.fct_override where as_of = $as_of
        order by sort_order, until_on, recorded_at, override_id
        """,
        as_of=served_as_of(settings, as_of),
    )


def counts(settings: Settings, as_of: date) -> Counts:
    """The overrides of a published date."""
    sql = """
        select count(*) filter (where is_in_force), count(*) filter (where override_state = 'LAPSING'),
            count(*) filter (where override_state = 'REDUNDANT'),
            count(*) filter (where override_state = 'UNFOUND')
        from mart.fct_override where as_of = $as_of
    """
    return Counts(*query(settings, sql, as_of=as_of).rows[0])


def judged(settings: Settings, as_of: date) -> list[Judged]:
    """The guarantees of a published date: those judged of each person, then those of households."""
    persons = {
        str(name).removesuffix("_state"): str(label).removesuffix("状态")
        for name, label in query(
            settings,
            "select column_name, column_label from meta.model_column"
            " where table_name = 'fct_person_guarantee' and ends_with(column_name, '_state')"
            " order by ordinal",
        ).rows
    }
    households = query(
        settings,
        "select guarantee, any_value(guarantee_label) from mart.fct_guarantee where as_of = $as_of"
        " group by guarantee order by min(sort_order)",
        as_of=as_of,
    ).rows
    return [
        *(Judged(name, label, True) for name, label in persons.items()),
        *(Judged(str(name), str(label), False) for name, label in households if name not in persons),
    ]


def state_of(settings: Settings, as_of: date, value: Judged, key: str) -> tuple[str, str] | None:
    """State and reason code of the value of a household (its id) or person (人编号); None: no such."""
    if value.is_of_persons:
        sql = (
            f'select "{value.guarantee}_state", "{value.guarantee}_reason_code"'  # noqa: S608  (a published column)
            " from mart.fct_person_guarantee where as_of = $as_of and register_person_no = $key"
        )
        found = query(settings, sql, as_of=as_of, key=key).rows
    else:
        sql = (
            "select state, reason_code from mart.fct_guarantee"
            " where as_of = $as_of and household_id = $key and guarantee = $guarantee"
        )
        found = query(settings, sql, as_of=as_of, key=key, guarantee=value.guarantee).rows
    return (str(found[0][0]), str(found[0][1])) if found else None


def people_of(settings: Settings, as_of: date, household_id: str) -> list[str]:
    """The 人编号 of a household's members."""
    sql = (
        "select register_person_no from mart.dim_person"
        " where as_of = $as_of and household_id = $household order by 1"
    )
    return [str(row[0]) for row in query(settings, sql, as_of=as_of, household=household_id).rows]
