{{ config(materialized='view') }}
-- At which stage of school a registered person is. Stages without a school
-- roll (技工, 大专) are known from the register alone.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

enrolled as (
    select * from {{ ref('int_person__enrolment') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

student_statuses as (
    select * from {{ ref('student_status') }}
),

staged as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        persons.id_number,
        persons.person_name,
        case
            when enrolled.counts_as = 'MET' then enrolled.stage
            when not claimed.has_roll then claimed.stage
            when persons.id_number is null then claimed.stage
        end as stage,
        {{ cell_is_held('persons', 'student_status') }}
        and coalesce(enrolled.counts_as, '') <> 'MET' as is_stage_held,
        claimed.stage is not null as is_pupil_registered
    from persons
    left join enrolled
        on persons.person_key = enrolled.person_key
    left join student_statuses
        on persons.student_status = student_statuses.student_status
    left join stages as claimed
        on student_statuses.stage = claimed.stage
)

select * from staged
