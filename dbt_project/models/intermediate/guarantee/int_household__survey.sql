{{ config(materialized='view') }}
-- 不愁吃、不愁穿: no department sends evidence, and income is none.
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

reasoned as (
    select
        household_id,
        'food' as guarantee,
        'NO_SURVEY_FEED' as reason_code,
        cast(null as string) as evidence_batch_id,
        cast(null as string) as evidence_sheet,
        cast(null as integer) as evidence_row
    from households
    union all
    select
        household_id,
        'clothing' as guarantee,
        'NO_SURVEY_FEED' as reason_code,
        cast(null as string) as evidence_batch_id,
        cast(null as string) as evidence_sheet,
        cast(null as integer) as evidence_row
    from households
),

{{ judged_by_reason('reasoned', ['household_id']) }}

select * from judged
