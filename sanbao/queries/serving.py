"""What a person asks of the published data: read-only, from the serving file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from sanbao.errors import SanbaoError
from sanbao.redact import redacted
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
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        # It was published by another release than the one that asks.
        raise SanbaoError(
            "PUBLISHED_BY_ANOTHER_RELEASE", detail=redacted(str(error).split("\n")[0])
        ) from error
    finally:
        connection.close()


def query(settings: Settings, sql: str, **parameters: Any) -> Table:
    """What `sql` (with `$name` for each of `parameters`) finds in the serving file.

    Raises NOTHING_PUBLISHED, and PUBLISHED_BY_ANOTHER_RELEASE where a table or column is not in it.
    """
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
        select f.figure_id, f.label, f.value, f.unit, f.numerator, f.denominator, f.met_count,
            f.not_met_count, f.unknown_count, f.exempt_count, f.override_count, f.count_state,
            f.caveat_code, f.caveat
        from mart.fct_figure f
        left join mart.dim_figure c on c.figure_id = f.figure_id and c.as_of = f.as_of
        where f.area_level = 'county' and f.as_of = $as_of
        order by c.sort_order, f.figure_id
        """,
        as_of=served_as_of(settings, as_of),
    )


def reported(settings: Settings, as_of: date | None = None) -> Table:
    """The figures that a county's own report printed for `as_of`, beside what was counted.

    `members` is how many lines the list behind a figure has, `files` in how many files they stand.
    """
    return query(
        settings,
        """
        select r.figure_id, r.label, r.report_value, r.value, r.unit, r.is_equal, l.members, l.files,
            c.feed_title
        from mart.rpt_self_assessment r
        left join mart.dim_figure c on c.figure_id = r.figure_id and c.as_of = r.as_of
        left join (
            select figure_id, count(distinct member_key) as members, count(distinct source_batch_id) as files
            from mart.fct_figure_member where as_of = $as_of group by figure_id
        ) l on l.figure_id = r.figure_id
        where r.as_of = $as_of and r.report_value is not null
        order by r.sort_order
        """,
        as_of=served_as_of(settings, as_of),
    )


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
