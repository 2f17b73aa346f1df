{{ config(materialized='view') }}
{% set of_villages = [
    {'figure_id': 'vlg_with_poor', 'where': 'has_household'},
    {
        'figure_id': 'vlg_with_poor_committee',
        'where': 'has_household and is_committee',
    },
    {'figure_id': 'vlg_relative_poor', 'where': 'is_relative_poor'},
    {
        'figure_id': 'vlg_dispersed',
        'where': 'has_household and not is_relative_poor',
    },
] %}
with

located as (
    select * from {{ ref('int_household__located') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

village_facts as (
    select
        villages.village_code as member_key,
        cast(null as string) as household_id,
        cast(null as string) as person_key,
        villages.town_code,
        villages.town_name,
        villages.village_code,
        villages.village_name,
        villages.batch_id,
        villages.source_sheet,
        villages.source_row,
        villages.is_relative_poor,
        {{ is_one_of('villages.village_kind', 'VILLAGE_COMMITTEE') }}
            as is_committee,
        villages.village_code in (
            select located.village_code
            from located
            where located.village_code is not null
        ) as has_household
    from villages
),

members as (
    {{ figure_members('village_facts', of_villages) }}
)

select * from members
