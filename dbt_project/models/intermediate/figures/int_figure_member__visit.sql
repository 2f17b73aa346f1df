{{ config(materialized='view') }}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

visited as (
    select * from {{ ref('int_household__visited') }}
),

household_facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        visited.batch_id as visit_batch_id,
        visited.source_sheet as visit_sheet,
        households.source_row,
        visited.source_row as visit_row,
        visited.household_id is not null as is_visited
    from households
    left join located
        on households.household_id = located.household_id
    left join visited
        on households.household_id = visited.household_id
),

members as (
    {{ figure_members('household_facts', [
        {'figure_id': 'visit_hh', 'where': 'is_visited', 'source': 'visit'},
    ] + rate_specs('visit_rate', 'is_visited', 'true', source='visit')) }}
)

select * from members
