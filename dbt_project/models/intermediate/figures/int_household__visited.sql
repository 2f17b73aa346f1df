{{ config(materialized='view') }}
-- Registered households that a party secretary visited in the year: by their
-- number or, where none is written, by that of a member.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

visits as (
    select * from {{ ref('stg_household_visit') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

by_number as (
    select
        {{ household_id('visits.register_household_no') }} as household_id,
        visits.batch_id,
        visits.source_sheet,
        visits.source_row
    from visits
    cross join basis
    where
        visits.is_latest
        and visits.visited_on between basis.year_starts_on and basis.as_of
        and visits.register_household_no is not null
),

by_member as (
    select
        persons.household_id,
        visits.batch_id,
        visits.source_sheet,
        visits.source_row
    from visits
    cross join basis
    inner join linked
        on
            linked.feed = 'household_visit'
            and visits.batch_id = linked.batch_id
            and visits.source_sheet = linked.source_sheet
            and visits.source_row = linked.source_row
    inner join persons
        on linked.person_key = persons.person_key
    where
        visits.is_latest
        and visits.visited_on between basis.year_starts_on and basis.as_of
        and visits.register_household_no is null
),

found as (
    select * from by_number
    union all
    select * from by_member
),

visited as (
    select found.*
    from found
    inner join households
        on found.household_id = households.household_id
    qualify
        row_number() over (
            partition by found.household_id
            order by
                found.batch_id asc nulls last,
                found.source_sheet asc nulls last,
                found.source_row asc nulls last
        ) = 1
)

select * from visited
