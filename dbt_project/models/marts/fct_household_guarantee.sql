{{ config(**partition_config()) }}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

heads as (
    select *
    from {{ ref('dim_household') }}
    where as_of = {{ as_of() }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

guarantees as (
    select * from {{ ref('int_household_guarantee') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

sheets as (
    select * from {{ ref('int_sheet__shown') }}
),

explained as (
    select
        guarantees.*,
        sheets.shown_sheet,
        reasons.sentence,
        guarantees.guarantee in ({{ guarantee_names('is_counted') }})
            as is_counted
    from guarantees
    left join reasons
        on guarantees.reason_code = reasons.reason_code
    left join sheets
        on guarantees.evidence_sheet = sheets.source_sheet
),

pivoted as (
    select
        household_id,
        {{ pivoted_guarantees('household') }},
        cast(sum(case
            when is_counted and state = 'NOT_MET' then 1
            else 0
        end) as integer) as not_met_count,
        cast(sum(case
            when is_counted and state = 'UNKNOWN' then 1
            else 0
        end) as integer) as unknown_count,
        cast(count(override_id) as integer) as override_count
    from explained
    group by household_id
),

final as (
    select
        households.household_id,
        households.register_household_no,
        heads.head_name,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        {{ guarantee_columns('pivoted', 'household') }},
        pivoted.not_met_count,
        pivoted.unknown_count,
        pivoted.override_count,
        pivoted.not_met_count + pivoted.unknown_count = 0 as is_guaranteed,
        {{ as_of() }} as as_of
    from households
    inner join pivoted
        on households.household_id = pivoted.household_id
    left join heads
        on households.household_id = heads.household_id
    left join located
        on households.household_id = located.household_id
)

select * from final
