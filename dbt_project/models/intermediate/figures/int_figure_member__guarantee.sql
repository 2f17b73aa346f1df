{{ config(materialized='view') }}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

guarantees as (
    select * from {{ ref('int_household_guarantee') }}
),

facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        guarantees.guarantee,
        guarantees.state,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        guarantees.evidence_batch_id,
        guarantees.evidence_sheet,
        households.source_row,
        guarantees.evidence_row
    from households
    inner join guarantees
        on households.household_id = guarantees.household_id
    left join located
        on households.household_id = located.household_id
    where
        guarantees.guarantee in ({{ guarantee_names('has_figure') }})
        and guarantees.state <> 'NOT_APPLICABLE'
),

members as (
    {{ figure_members('facts', rate_specs(
        none,
        "state = 'MET'",
        'true',
        state='state',
        source='evidence',
        figure="'grt_' || guarantee"
    )) }}
)

select * from members
