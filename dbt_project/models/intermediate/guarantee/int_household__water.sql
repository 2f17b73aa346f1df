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

inherited as (
    select
        households.household_id,
        coalesce(waters.water_state, 'UNKNOWN') as water_state,
        coalesce(waters.water_reason_code, 'NATURAL_VILLAGE_UNMATCHED')
            as water_reason_code,
        waters.water_evidence_batch_id,
        waters.water_evidence_sheet,
        waters.water_evidence_row,
        coalesce(waters.water_quality_state, 'UNKNOWN') as water_quality_state,
        coalesce(waters.water_quality_reason_code, 'NATURAL_VILLAGE_UNMATCHED')
            as water_quality_reason_code,
        waters.water_quality_evidence_batch_id,
        waters.water_quality_evidence_sheet,
        waters.water_quality_evidence_row
    from households
    left join located
        on households.household_id = located.household_id
    left join waters
        on located.natural_village_id = waters.natural_village_id
)

select * from inherited
