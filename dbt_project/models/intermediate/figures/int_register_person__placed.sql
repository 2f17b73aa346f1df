{{ config(materialized='view') }}
-- Persons of the register in force, each once, with the household and place
-- that their figures go to: whoever is in two books stands in the first.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

placed as (
    select
        persons.person_key,
        persons.household_id,
        persons.register_person_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name
    from persons
    left join located
        on persons.household_id = located.household_id
    where persons.person_key is not null
    qualify
        row_number() over (
            partition by persons.person_key
            order by persons.register_person_no asc nulls last
        ) = 1
)

select * from placed
