{{ config(materialized='view') }}
-- 不愁吃、不愁穿: what the last visit found, as long as it is fresh; income
-- and what explains the answer never decide.
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

surveys as (
    select * from {{ ref('int_household__last_survey') }}
),

held_people as (
    select * from {{ ref('int_held_row__person') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

asked as (
    select
        household_id,
        'food' as guarantee
    from households
    union all
    select
        household_id,
        'clothing' as guarantee
    from households
),

answers as (
    select
        asked.household_id,
        asked.guarantee,
        surveys.batch_id as survey_batch_id,
        surveys.source_sheet as survey_sheet,
        surveys.source_row as survey_row,
        surveys.is_fresh,
        case asked.guarantee
            when 'food' then surveys.is_food_secure
            else surveys.is_clothing_secure
        end as is_secure,
        case asked.guarantee
            when 'food' then surveys.is_food_held
            else surveys.is_clothing_held
        end as is_held
    from asked
    left join surveys
        on asked.household_id = surveys.household_id
),

-- Of several on one day: what lacks before what is not known.
worst_answer as (
    select *
    from answers
    qualify
        row_number() over (
            partition by household_id, guarantee
            order by
                case
                    when not is_secure then 1
                    when is_secure is null then 2
                    else 3
                end asc nulls last,
                survey_batch_id asc nulls last,
                survey_sheet asc nulls last,
                survey_row asc nulls last
        ) = 1
),

reasoned as (
    select
        *,
        case
            when survey_batch_id is null then 'NO_SURVEY'
            when not is_fresh then 'SURVEY_NOT_FRESH'
            when is_secure then 'SURVEY_SAYS_YES'
            when not is_secure then 'SURVEY_SAYS_NO'
            when is_held then 'HELD_CELL_DECIDES'
            else 'SURVEY_WITHOUT_ANSWER'
        end as reason_code
    from worst_answer
),

{{ judged_by_reason(
    'reasoned', ['household_id'], evidence=['survey'], decided_like='food'
) }}

select * from judged
