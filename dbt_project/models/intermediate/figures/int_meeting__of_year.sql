{{ config(materialized='view') }}
-- Meetings of the year that were held and of which a topic is poverty relief,
-- each once, however many topics it had.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

meetings as (
    select * from {{ ref('stg_meeting') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

topics as (
    select
        'meeting_' || md5(coalesce(
            meetings.minutes_no,
            concat_ws(
                '|',
                meetings.meeting_kind,
                cast(meetings.held_on as string),
                {{ compared_name('meetings.meeting_name') }}
            )
        )) as meeting_key,
        meetings.meeting_kind,
        meetings.batch_id,
        meetings.source_sheet,
        meetings.source_row
    from meetings
    cross join basis
    where
        meetings.is_latest
        and meetings.is_on_poverty
        and coalesce(
            {{ is_one_of('meetings.meeting_status', 'MEETING_HELD') }}, true
        )
        and meetings.held_on between basis.year_starts_on and basis.as_of
),

held as (
    select *
    from topics
    qualify {{ is_first_row('meeting_key') }}
)

select * from held
