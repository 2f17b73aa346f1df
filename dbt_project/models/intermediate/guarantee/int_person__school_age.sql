{{ config(materialized='view') }}
-- Who is of the age or in the grades of compulsory education.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

enrolled as (
    select * from {{ ref('int_person__enrolment') }}
),

student_statuses as (
    select * from {{ ref('student_status') }}
),

-- The register's birth date, or the one in the ID number.
born as (
    select
        *,
        coalesce(
            birth_on,
            case
                when length(id_number) = 18
                    then {{ parse_date('substr(id_number, 7, 8)', '%Y%m%d') }}
            end
        ) as known_birth_on
    from persons
),

aged as (
    select
        born.register_person_no,
        born.person_key,
        born.household_id,
        born.id_number,
        born.person_name,
        {{ age_on('born.known_birth_on', 'basis.education_age_on') }}
            as school_age,
        born.known_birth_on as birth_on,
        coalesce(
            {{ age_on('born.known_birth_on', 'basis.education_age_on') }}
            between basis.education_age_min and basis.education_age_max,
            false
        )
        or coalesce(enrolled.is_compulsory_enrolled, false)
        -- a register of the last school year says nothing of this year's grade
        or coalesce(student_statuses.is_compulsory_grade, false)
        and coalesce(households.speaks_for_on, basis.as_of)
        > basis.education_age_on as is_in_scope,
        {{ cell_is_held('born', 'student_status') }} as is_grade_held,
        {{ cell_is_held('born', 'birth_on') }} as is_birth_held
    from born
    cross join basis
    left join households
        on born.household_id = households.household_id
    left join enrolled
        on born.person_key = enrolled.person_key
    left join student_statuses
        on born.student_status = student_statuses.student_status
)

select * from aged
