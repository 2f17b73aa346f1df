{{ config(materialized='view') }}
{% set specs = [] %}
{% for name in counted_guarantees() -%}
    {%- do specs.extend(rate_specs(
        'grt_' ~ name,
        name ~ "_state = 'MET'",
        name ~ "_state <> 'NOT_APPLICABLE'",
        state=name ~ '_state',
        source=name ~ '_evidence'
    )) -%}
{%- endfor -%}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

education_states as (
    select * from {{ ref('int_household__education') }}
),

medical_states as (
    select * from {{ ref('int_household__medical') }}
),

housing_states as (
    select * from {{ ref('int_household__housing') }}
),

water_states as (
    select * from {{ ref('int_household__water') }}
),

safety_net_states as (
    select * from {{ ref('int_household__safety_net') }}
),

facts as (
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
        {{ guarantee_columns('education_states', 'education') }},
        {{ guarantee_columns('medical_states', 'medical') }},
        {{ guarantee_columns('housing_states', 'housing') }},
        {{ guarantee_columns('water_states', 'water') }},
        {{ guarantee_columns('safety_net_states', 'safety_net') }},
        households.source_row
    from households
    left join located
        on households.household_id = located.household_id
    inner join education_states
        on households.household_id = education_states.household_id
    inner join medical_states
        on households.household_id = medical_states.household_id
    inner join housing_states
        on households.household_id = housing_states.household_id
    inner join water_states
        on households.household_id = water_states.household_id
    inner join safety_net_states
        on households.household_id = safety_net_states.household_id
),

members as (
    {{ figure_members('facts', specs) }}
)

select * from members
