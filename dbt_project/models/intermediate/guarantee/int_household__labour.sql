{{ config(materialized='view') }}
-- Whether anybody of the household can work: under working age or at school
-- counts as unable.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

labour_capacities as (
    select * from {{ ref('labour_capacity') }}
),

student_statuses as (
    select * from {{ ref('student_status') }}
),

members as (
    select
        persons.household_id,
        case
            when coalesce(student_statuses.is_student, false) then false
            when
                {{ age_on('persons.birth_on', 'basis.as_of') }}
                < basis.labour_age_min
                then false
            -- a pupil counts as unable: whether there is one is not known
            when
                {{ cell_is_held('persons', 'student_status') }}
                and coalesce(labour_capacities.has_labour, true)
                then null
            else labour_capacities.has_labour
        end as has_labour,
        {{ cell_is_held('persons', 'student_status') }}
        or {{ cell_is_held('persons', 'labour_capacity') }}
        or {{ cell_is_held('persons', 'birth_on') }} as has_cell_held
    from persons
    cross join basis
    left join student_statuses
        on persons.student_status = student_statuses.student_status
    left join labour_capacities
        on persons.labour_capacity = labour_capacities.labour_capacity
),

composed as (
    select
        household_id,
        bool_or(coalesce(has_labour, false)) as has_labour,
        bool_or(has_labour is null) as has_labour_unknown,
        bool_or(has_labour is null and has_cell_held) as has_cell_held
    from members
    group by household_id
)

select * from composed
