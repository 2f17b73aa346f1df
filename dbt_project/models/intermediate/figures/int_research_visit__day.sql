{{ config(materialized='view') }}
-- Days of the year on which one of the two leaders was in villages and
-- households: two trips on one day are one day.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

visits as (
    select * from {{ ref('int_research_visit__topical') }}
),

hundreds as (
    {{ digits(4) }}
),

tens as (
    {{ digits(10) }}
),

ones as (
    {{ digits(10) }}
),

days as (
    select
        {{ add_days(
            'basis.year_starts_on',
            '100 * hundreds.digit + 10 * tens.digit + ones.digit'
        ) }} as visited_on
    from basis
    cross join hundreds
    cross join tens
    cross join ones
),

visited as (
    select
        days.visited_on,
        visits.batch_id,
        visits.source_sheet,
        visits.source_row
    from days
    cross join basis
    inner join visits
        on
            days.visited_on >= visits.started_on
            -- an end before the start is wrong, and the start is a day
            and days.visited_on <= greatest(visits.started_on, visits.ended_on)
    where
        visits.is_in_households
        and days.visited_on <= basis.as_of
    qualify {{ is_first_row('visited_on') }}
)

select * from visited
