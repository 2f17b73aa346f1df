{{ config(materialized='view') }}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

appraisals as (
    select * from {{ ref('int_household__last_appraisal') }}
),

tasks as (
    select * from {{ ref('int_household__last_renovation') }}
),

cares as (
    select * from {{ ref('int_household__collective_care') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

held_people as (
    select * from {{ ref('int_held_row__person') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

-- An acceptance counts where no dwelling was appraised after it.
described as (
    select
        households.household_id,
        appraisals.dwelling_grade,
        tasks.acceptance_result,
        appraisals.batch_id as appraisal_batch_id,
        appraisals.source_sheet as appraisal_sheet,
        tasks.batch_id as task_batch_id,
        tasks.source_sheet as task_sheet,
        cares.batch_id as care_batch_id,
        cares.source_sheet as care_sheet,
        appraisals.source_row as appraisal_row,
        tasks.source_row as task_row,
        cares.source_row as care_row,
        tasks.finished_on is not null as is_finished,
        tasks.accepted_on is not null as is_accepted,
        coalesce(tasks.is_result_held, false) as is_result_held,
        coalesce(tasks.accepted_on >= appraisals.appraised_on, true)
            as is_accepted_last
    from households
    left join appraisals
        on households.household_id = appraisals.household_id
    left join tasks
        on households.household_id = tasks.household_id
    left join cares
        on households.household_id = cares.household_id
),

reasoned as (
    select
        *,
        case
            when dwelling_grade in {{ codes_of('SAFE_DWELLING') }}
                then 'APPRAISED_SAFE'
            when
                is_accepted
                and is_accepted_last
                and acceptance_result in {{ codes_of('ACCEPTANCE_PASSED') }}
                then 'RENOVATION_ACCEPTED'
            when is_accepted and is_accepted_last and is_result_held
                then 'HELD_CELL_DECIDES'
            -- an acceptance that says no result is none
            when
                is_accepted
                and is_accepted_last
                and acceptance_result is null
                then 'ACCEPTANCE_WITHOUT_RESULT'
            when is_finished and not is_accepted then 'FINISHED_NOT_ACCEPTED'
            when care_batch_id is not null then 'COLLECTIVE_CARE'
            when dwelling_grade is not null then 'APPRAISED_UNSAFE'
            when acceptance_result in {{ codes_of('ACCEPTANCE_FAILED') }}
                then 'ACCEPTANCE_FAILED'
            else 'NO_HOUSING_EVIDENCE'
        end as reason_code
    from described
),

{{ judged_by_reason(
    'reasoned',
    ['household_id'],
    evidence=['appraisal', 'task', 'care'],
    guarantee='housing'
) }}

select * from judged
