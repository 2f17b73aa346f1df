with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

waters as (
    select * from {{ ref('int_natural_village__water') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

asked as (
    select 'water' as guarantee
    union all
    select 'water_quality' as guarantee
),

-- A household drinks what its natural village drinks.
reasoned as (
    select
        households.household_id,
        asked.guarantee,
        case
            when waters.reason_code is not null then waters.reason_code
            when {{ cell_is_held('households', 'natural_village_name') }}
                then 'HELD_CELL_DECIDES'
            else 'NATURAL_VILLAGE_UNMATCHED'
        end as reason_code,
        waters.evidence_batch_id,
        waters.evidence_sheet,
        waters.evidence_row
    from households
    cross join asked
    left join located
        on households.household_id = located.household_id
    left join waters
        on
            located.natural_village_id = waters.natural_village_id
            and asked.guarantee = waters.guarantee
),

{{ judged_by_reason('reasoned', ['household_id']) }}

select * from judged
