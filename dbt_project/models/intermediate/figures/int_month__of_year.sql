{{ config(materialized='view') }}
-- The months of the year of as_of, as far as it has come.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

counted as (
    {{ month_numbers() }}
),

dated as (
    select
        make_date(
            cast(extract(year from basis.year_starts_on) as integer),
            counted.month_no,
            1
        ) as month_on,
        -- no file says which months there are
        cast(null as string) as batch_id,
        cast(null as string) as source_sheet,
        cast(null as integer) as source_row
    from counted
    cross join basis
),

begun as (
    select dated.*
    from dated
    where dated.month_on <= {{ as_of() }}
)

select * from begun
