{{ config(materialized='view') }}
-- The last visit to each household by as_of; of one day there may be several.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

surveys as (
    select * from {{ ref('stg_household_income_survey') }}
),

last_surveys as (
    select
        {{ household_id('surveys.register_household_no') }} as household_id,
        surveys.batch_id,
        surveys.source_sheet,
        surveys.main_industry,
        surveys.source_row,
        surveys.is_food_secure,
        surveys.is_clothing_secure,
        {{ cell_is_held('surveys', 'is_food_secure') }} as is_food_held,
        {{ cell_is_held('surveys', 'is_clothing_secure') }}
            as is_clothing_held,
        surveys.surveyed_on
        >= {{ add_days('basis.as_of', '-basis.survey_days_max') }} as is_fresh
    from surveys
    cross join basis
    where surveys.surveyed_on <= basis.as_of
    qualify
        rank() over (
            partition by surveys.register_household_no
            order by surveys.surveyed_on desc nulls last
        ) = 1
)

select * from last_surveys
