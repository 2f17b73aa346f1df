{{ config(materialized='view') }}
{# The towns; per place of the seed its households, members and growers. #}
{% set household_specs, person_specs = [], [] %}
{% for prefix in ['ind_nanshan', 'ind_manghai'] -%}
    {%- set chosen = "figure_prefix = '" ~ prefix ~ "'" -%}
    {%- do household_specs.append({
        'figure_id': prefix ~ '_hh',
        'where': chosen,
    }) -%}
    {%- do person_specs.append({
        'figure_id': prefix ~ '_pp',
        'where': chosen,
    }) -%}
{%- endfor -%}
with

households as (
    select * from {{ ref('int_household__of_reported_place') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

surveys as (
    select * from {{ ref('int_household__last_survey') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

county_villages as (
    select villages.*
    from villages
    inner join towns
        on villages.town_name = towns.written_town_name
    where towns.is_county_town
),

town_facts as (
    {{ ledger_facts('county_villages', 'town_code', place='town') }}
),

household_facts as (
    select
        figure_prefix,
        household_id as member_key,
        household_id,
        cast(null as string) as person_key,
        town_code,
        town_name,
        village_code,
        village_name,
        batch_id,
        source_sheet,
        industry_code,
        source_row
    from households
),

-- What a household lives on, by the last visit; of several on one day any.
grower_facts as (
    select household_facts.*
    from household_facts
    where exists (
        select 1
        from surveys
        where
            surveys.household_id = household_facts.household_id
            and surveys.main_industry = household_facts.industry_code
            and surveys.is_fresh
    )
),

-- As everywhere in the register: each row of a member, on whatever book.
person_facts as (
    select
        households.figure_prefix,
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        households.town_code,
        households.town_name,
        households.village_code,
        households.village_name,
        persons.batch_id,
        persons.source_sheet,
        persons.source_row
    from persons
    inner join households
        on persons.household_id = households.household_id
),

members as (
    {{ figure_members('household_facts', household_specs) }}
    union all
    {{ figure_members('grower_facts', [
        {
            'figure_id': 'ind_nanshan_veg_hh',
            'where': "figure_prefix = 'ind_nanshan'",
        },
    ]) }}
    union all
    {{ figure_members('person_facts', person_specs) }}
    union all
    {{ figure_members('town_facts', [
        {'figure_id': 'towns', 'where': 'true'},
    ]) }}
)

select * from members
