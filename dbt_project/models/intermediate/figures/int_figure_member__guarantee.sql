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

-- All that are counted together: what one household lacks is enough.
overall as (
    select
        household_id,
        'all' as guarantee,
        case
            when max(case when state = 'NOT_MET' then 1 else 0 end) = 1
                then 'NOT_MET'
            when max(case when state = 'UNKNOWN' then 1 else 0 end) = 1
                then 'UNKNOWN'
            else 'MET'
        end as state,
        min(override_id) as override_id
    from guarantees
    where guarantee in ({{ guarantee_names('is_counted') }})
    group by household_id
),

judged as (
    select
        household_id,
        guarantee,
        state,
        override_id,
        reason_code,
        evidence_batch_id,
        evidence_sheet,
        evidence_row
    from guarantees
    where guarantee in ({{ guarantee_names('has_figure') }})
    union all
    select
        household_id,
        guarantee,
        state,
        override_id,
        cast(null as string) as reason_code,
        cast(null as string) as evidence_batch_id,
        cast(null as string) as evidence_sheet,
        cast(null as integer) as evidence_row
    from overall
),

facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        judged.guarantee,
        judged.state,
        judged.override_id,
        judged.reason_code,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        coalesce(
            judged.evidence_batch_id,
            case
                when judged.guarantee = 'all' or judged.override_id is not null
                    then households.batch_id
            end
        ) as evidence_batch_id,
        coalesce(
            judged.evidence_sheet,
            case
                when judged.guarantee = 'all' or judged.override_id is not null
                    then households.source_sheet
            end
        ) as evidence_sheet,
        households.source_row,
        coalesce(
            judged.evidence_row,
            case
                when judged.guarantee = 'all' or judged.override_id is not null
                    then households.source_row
            end
        ) as evidence_row
    from households
    inner join judged
        on households.household_id = judged.household_id
    left join located
        on households.household_id = located.household_id
    where judged.state <> 'NOT_APPLICABLE'
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
