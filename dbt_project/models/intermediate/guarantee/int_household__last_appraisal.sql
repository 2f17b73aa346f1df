{{ config(materialized='view') }}
-- The dwelling may be in the name of any member of the household.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

appraisals as (
    select * from {{ ref('stg_housing_appraisal') }}
),

last_appraisal as (
    select
        persons.household_id,
        appraisals.batch_id,
        appraisals.source_sheet,
        appraisals.dwelling_grade,
        appraisals.source_row,
        appraisals.appraised_on
    from appraisals
    cross join basis
    inner join linked
        on
            linked.feed = 'housing_appraisal'
            and appraisals.batch_id = linked.batch_id
            and appraisals.source_sheet = linked.source_sheet
            and appraisals.source_row = linked.source_row
    inner join persons
        on linked.person_key = persons.person_key
    where
        appraisals.is_latest
        and appraisals.appraised_on <= basis.as_of
    qualify
        row_number() over (
            partition by persons.household_id
            order by
                appraisals.appraised_on desc nulls last,
                appraisals.dwelling_grade desc nulls last,
                appraisals.batch_id asc nulls last,
                appraisals.source_sheet asc nulls last,
                appraisals.source_row asc nulls last
        ) = 1
)

select * from last_appraisal
