{{ config(materialized='view') }}
-- Registered persons who count as insured and of whom that is doubtful.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

doubts as (
    select * from {{ ref('int_person__insurance_doubt') }}
),

facts as (
    select
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        doubts.batch_id,
        doubts.source_sheet,
        doubts.source_row
    from persons
    inner join doubts
        on persons.person_key = doubts.person_key
    left join located
        on persons.household_id = located.household_id
),

members as (
    {{ figure_members('facts', [
        {'figure_id': 'ins_doubtful_pp', 'where': 'true'},
    ]) }}
)

select * from members
