{{ config(materialized='view') }}
-- Months of the year in which each of the two leaders began a trip.
with

visits as (
    select * from {{ ref('int_research_visit__topical') }}
),

of_year as (
    select
        {{ month_start('started_on') }} as visited_month,
        batch_id,
        source_sheet,
        source_row,
        max(case when is_secretary then 1 else 0 end) over (
            partition by {{ month_start('started_on') }}
        ) = 1 as has_secretary,
        max(case when is_county_head then 1 else 0 end) over (
            partition by {{ month_start('started_on') }}
        ) = 1 as has_county_head
    from visits
    where is_of_year
),

both_leaders as (
    select
        visited_month,
        batch_id,
        source_sheet,
        source_row
    from of_year
    where has_secretary and has_county_head
    qualify {{ is_first_row('visited_month') }}
)

select * from both_leaders
