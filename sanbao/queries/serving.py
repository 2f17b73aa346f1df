"""What a person asks of the published data: read-only, from the serving file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from sanbao.errors import SanbaoError
from sanbao.settings import Settings

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Table:
    """Rows for a terminal or, with `--json`, for a program."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def records(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@contextmanager
def _serving(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    import duckdb

    if not settings.serving.exists():
        raise SanbaoError("NOTHING_PUBLISHED")
    # The real file behind the name, so that a publish in the meantime does not matter.
    connection = duckdb.connect(
        str(settings.serving.resolve()), read_only=True, config={"enable_external_access": "false"}
    )
    try:
        yield connection
    finally:
        connection.close()


def query(settings: Settings, sql: str, **parameters: Any) -> Table:
    """What `sql` (with `$name` for each of `parameters`) finds in the serving file."""
    with _serving(settings) as connection:
        cursor = connection.execute(sql, parameters)
        columns = tuple(column[0] for column in cursor.description or ())
        return Table(columns, cursor.fetchall())


def published_dates(settings: Settings) -> list[date]:
    """The dates that are published, in order; none when nothing is."""
    if not settings.serving.exists():
        return []
    found = query(settings, "select distinct as_of from mart.fct_figure order by 1")
    return [row[0] for row in found.rows]


def served_as_of(settings: Settings, as_of: date | None) -> date:
    """`as_of`, or the latest published date; raises NOTHING_PUBLISHED, AS_OF_NOT_PUBLISHED."""
    days = published_dates(settings)
    if not days:
        raise SanbaoError("NOTHING_PUBLISHED")
    if as_of is None:
        return max(days)
    if as_of not in days:
        known = ", ".join(day.isoformat() for day in days)
        raise SanbaoError("AS_OF_NOT_PUBLISHED", as_of=as_of.isoformat(), known=known)
    return as_of


def figures(settings: Settings, as_of: date | None = None) -> Table:
    """The county's figures at `as_of`."""
    return query(
        settings,
        """
        select figure_id, any_value(label) as label, any_value(value) as value, any_value(unit) as unit,
               any_value(numerator) as numerator, any_value(denominator) as denominator,
               any_value(met_count) as met_count, any_value(not_met_count) as not_met_count,
               any_value(unknown_count) as unknown_count, any_value(exempt_count) as exempt_count,
               any_value(count_state) as count_state, any_value(caveat_code) as caveat_code,
               any_value(caveat) as caveat
        from mart.fct_figure
        where area_level = 'county' and as_of = $as_of
        group by figure_id order by figure_id
        """,
        as_of=served_as_of(settings, as_of),
    )


def report(settings: Settings, as_of: date | None = None) -> Table:
    """The figures of the annual self-assessment, as printed."""
    return query(
        settings,
        "select figure_id, label, printed, value, unit, blocked_reason, caveat from mart.rpt_self_assessment"
        " where as_of = $as_of order by sort_order",
        as_of=served_as_of(settings, as_of),
    )


def members(settings: Settings, figure: str, town: str | None = None, as_of: date | None = None) -> Table:
    """The list behind a figure, county-wide or of one town (name, as people write it, or code).

    Raises FIGURE_NOT_LISTED for one that is counted only, since it tells of people's health.
    """
    day = served_as_of(settings, as_of)
    _known_figure(settings, figure, day)
    _listed(settings, figure, day)
    town_name = known_town(settings, town, day) if town is not None else None
    return query(
        settings,
        """
        select m.role, m.member_kind, m.town_name, m.village_name, h.register_household_no, h.head_name,
               p.person_handle, p.register_person_no, p.person_name, m.amount, m.member_key
        from mart.fct_figure_member m
        left join mart.dim_household h on h.household_id = m.household_id and h.as_of = m.as_of
        left join mart.dim_person p on p.person_key = m.person_key and p.as_of = m.as_of
            and (m.household_id is null or p.household_id = m.household_id)
        where m.figure_id = $figure and m.as_of = $as_of
            and ($town is null or m.town_name = $town)
        order by m.role desc, m.town_code, m.village_code, m.member_key
        """,
        figure=figure,
        as_of=day,
        town=town_name,
    )


def trace(settings: Settings, what: str, as_of: date | None = None) -> Table:
    """From a figure, or a household (id or 户编号), to the files, sheets and rows it rests on."""
    day = served_as_of(settings, as_of)
    household = query(
        settings,
        """
        select household_id from mart.dim_household
        where as_of = $as_of and (household_id = $what or register_household_no = $what)
        """,
        as_of=day,
        what=what,
    ).rows
    if not household:
        try:
            _known_figure(settings, what, day)
        except SanbaoError as error:
            raise SanbaoError("NOT_FOUND", what=what) from error
        _listed(settings, what, day)
    return query(
        settings,
        """
        select distinct m.figure_id, m.role, m.member_kind, m.member_key, d.department, d.file_name,
               d.received_at, m.source_sheet, m.source_row, left(d.sha256, 12) as sha256
        from mart.fct_figure_member m
        left join mart.fct_delivery d on d.batch_id = m.source_batch_id
        where m.as_of = $as_of
            and (m.household_id = $household or ($household is null and m.figure_id = $what))
        order by m.figure_id, m.role desc, d.file_name, m.source_sheet, m.source_row
        """,
        as_of=day,
        what=what,
        household=household[0][0] if household else None,
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


def known_town(settings: Settings, town: str, day: date) -> str:
    """The name of a town given by name or code; raises SanbaoError (TOWN_UNKNOWN)."""
    from ingestion.contracts.county import load_county

    sql = """
        select distinct town_name, town_code from mart.fct_figure_member
        where town_name is not null and as_of = $as_of order by town_code nulls last, town_name
    """
    rows = query(settings, sql, as_of=day).rows
    written = town.strip()
    for name, code in rows:
        if written in (name, code):
            return str(name)
    names = list(dict.fromkeys(str(name) for name, _ in rows))
    meant = load_county().town_names.get(written)
    if meant in names:
        return meant
    known = sorted(names, key=lambda name: -SequenceMatcher(None, written, name).ratio())
    raise SanbaoError("TOWN_UNKNOWN", town=town, known=", ".join(known))


def loaded_in_all(settings: Settings) -> tuple[int, int, int, int]:
    """Files taken in so far and their rows: files, rows read, accepted, held."""
    row = query(
        settings,
        "select count(*), coalesce(sum(rows_read), 0), coalesce(sum(rows_accepted), 0),"
        " coalesce(sum(rows_held), 0) from mart.fct_delivery",
    ).rows[0]
    return int(row[0]), int(row[1]), int(row[2]), int(row[3])
