{{ config(materialized='view') }}
-- Since when and until when each row of the register held. What was before the
-- first register, that says itself: a household and those in it are registered
-- from the year of 识别年度.
with

persons as (
    select * from {{ ref('int_register_person__history') }}
),

households as (
    select
        register_household_no,
        min(registered_year) as registered_year
    from {{ ref('stg_register_household') }}
    group by register_household_no
),

first_register as (
    select min(in_force_from) as first_on
    from persons
),

dated as (
    select
        persons.person_key,
        persons.register_person_no,
        persons.register_household_no,
        persons.in_force_from = first_register.first_on as is_first_register,
        households.registered_year is not null as is_registration_dated,
        persons.is_identified,
        persons.in_force_from as speaks_for_on,
        case
            when
                persons.in_force_from = first_register.first_on
                and households.registered_year is not null
                then least(
                    make_date(
                        cast(households.registered_year as integer), 1, 1
                    ),
                    persons.in_force_from
                )
            else persons.in_force_from
        end as in_force_from,
        persons.in_force_until
    from persons
    cross join first_register
    left join households
        on persons.register_household_no = households.register_household_no
)

select * from dated
