-- 不愁吃、不愁穿: no department sends evidence, and income is none.
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

unknown as (
    select
        household_id,
        'UNKNOWN' as food_state,
        'NO_SURVEY_FEED' as food_reason_code,
        cast(null as string) as food_evidence_batch_id,
        cast(null as string) as food_evidence_sheet,
        cast(null as integer) as food_evidence_row,
        'UNKNOWN' as clothing_state,
        'NO_SURVEY_FEED' as clothing_reason_code,
        cast(null as string) as clothing_evidence_batch_id,
        cast(null as string) as clothing_evidence_sheet,
        cast(null as integer) as clothing_evidence_row
    from households
)

select * from unknown
