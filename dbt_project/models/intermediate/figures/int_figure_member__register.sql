{{ config(materialized='view') }}
{% set of_households = [
    {'figure_id': 'reg_hh', 'where': 'true'},
    {'figure_id': 'lifted_hh', 'where': 'is_lifted'},
    {'figure_id': 'exited_hh', 'where': 'is_exited'},
    {'figure_id': 'not_lifted_hh', 'where': 'not is_lifted'},
    {
        'figure_id': 'lifted_not_exited_hh',
        'where': 'is_lifted and not is_exited',
    },
] %}
{% set of_persons = [
    {'figure_id': 'reg_pp', 'where': 'true'},
    {'figure_id': 'lifted_pp', 'where': 'is_lifted'},
    {'figure_id': 'exited_pp', 'where': 'is_exited'},
    {'figure_id': 'not_lifted_pp', 'where': 'not is_lifted'},
    {
        'figure_id': 'lifted_not_exited_pp',
        'where': 'is_lifted and not is_exited',
    },
]
+ rate_specs('lifted_rate', 'is_lifted', 'true')
+ rate_specs('exit_rate', 'is_exited', 'true') %}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

-- Exit comes after lifting: who has exited has been lifted.
household_facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        households.source_row,
        households.is_lifted or households.is_exited as is_lifted,
        households.is_exited
    from households
    left join located
        on households.household_id = located.household_id
),

person_facts as (
    select
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        household_facts.town_code,
        household_facts.town_name,
        household_facts.village_code,
        household_facts.village_name,
        persons.batch_id,
        persons.source_sheet,
        persons.source_row,
        household_facts.is_lifted,
        household_facts.is_exited
    from persons
    left join household_facts
        on persons.household_id = household_facts.household_id
),

members as (
    {{ figure_members('household_facts', of_households) }}
    union all
    {{ figure_members('person_facts', of_persons) }}
)

select * from members
