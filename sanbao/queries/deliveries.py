"""The delivery board as people ask for it: what each feed owes, the files, the rows still held."""

from __future__ import annotations

from datetime import date

from sanbao.queries.serving import Table, query, served_as_of
from sanbao.settings import Settings


def feeds(settings: Settings, as_of: date | None = None) -> Table:
    """One row per feed at `as_of`: what was due, whether it arrived, in which version."""
    day = served_as_of(settings, as_of)
    return query(
        settings,
        # No parameter: see sanbao.night.cross_feed.
        f"""
        select department, department_name, feed, feed_title, owner, expected_period,
               coalesce(expected_period_en, expected_period) as expected_period_en, due_on, arrival_state,
               arrival_label, coalesce(arrival_label_en, arrival_state) as arrival_label_en, received_on,
               days_late, version, rows_accepted, rows_still_held, missing_part_count, missing_parts,
               newest_on, is_stale, refused_reason,
               coalesce(refused_reason_en, refused_reason) as refused_reason_en
        from mart.rpt_delivery_board where as_of = date '{day.isoformat()}'
        order by department, due_on nulls last, feed
        """,  # noqa: S608
    )


def files(settings: Settings) -> Table:
    """Every received file, newest first."""
    return query(
        settings,
        """
        select department, department_name, feed, file_name, as_of as speaks_for_on, received_at,
               delivery_state, version, rows_read, rows_accepted, rows_held, cells_held, rows_corrected,
               rows_still_held, is_in_force, is_nil, withdrawn_at,
               waived_at, waived_by, waived_codes, waiver_reason,
               coalesce(
                   withdrawal_reason, '经 ' || waived_by || ' 放行：' || waiver_reason, reason
               ) as reason,
               coalesce(
                   withdrawal_reason, 'let through by ' || waived_by || ': ' || waiver_reason,
                   reason_en, reason
               ) as reason_en,
               case when withdrawn_at is null then remedy end as remedy,
               case when withdrawn_at is null then coalesce(remedy_en, remedy) end as remedy_en
        from mart.fct_delivery
        order by received_at desc, department, feed, file_name
        """,
    )


def held(settings: Settings, as_of: date | None = None) -> Table:
    """The rows that wait for correction at `as_of`, by owner, the oldest first."""
    return query(
        settings,
        """
        select department, department_name, owner, feed, feed_title, file_name, source_sheet, source_row,
               cell, problem_code, message, coalesce(message_en, message) as message_en, remedy,
               coalesce(remedy_en, remedy) as remedy_en, held_on,
               greatest(date_diff('day', held_on, $today), 0) as age_days
        from mart.fct_held_row where as_of = $as_of and held_state = 'OPEN'
        order by department, owner, held_on, feed, file_name, source_sheet, source_row
        """,
        as_of=served_as_of(settings, as_of),
        today=settings.today,
    )


def labels(settings: Settings) -> dict[str, str]:
    """Column → its Chinese label, as the data dictionary of the serving file has it."""
    found = query(
        settings,
        "select column_name, any_value(column_label order by table_name) as label from meta.model_column"
        " where table_name in ('rpt_delivery_board', 'fct_delivery', 'fct_held_row') group by 1",
    )
    return dict(found.rows)
