{{ config(materialized='view') }}
{% set on_subsistence = 'has_no_labour and subsistence_batch_id is not null' %}
{% set on_destitute = 'has_no_labour and destitute_batch_id is not null' %}
{% set in_scope = "has_no_labour and state <> 'NOT_APPLICABLE'" %}
{% set covered = in_scope ~ ' and ' ~ or_by_hand(
    'coalesce(subsistence_batch_id, destitute_batch_id) is not null'
) %}
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

safety_nets as (
    select * from {{ ref('int_household__safety_net') }}
),

household_facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        safety_nets.state,
        safety_nets.override_id,
        safety_nets.reason_code,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        {{ proving('safety_nets', 'households', 'batch_id') }},
        {{ proving('safety_nets', 'households', 'sheet') }},
        safety_nets.subsistence_batch_id,
        safety_nets.subsistence_sheet,
        safety_nets.destitute_batch_id,
        safety_nets.destitute_sheet,
        households.source_row,
        {{ proving('safety_nets', 'households', 'row') }},
        safety_nets.subsistence_row,
        safety_nets.destitute_row,
        safety_nets.has_no_labour
    from households
    inner join safety_nets
        on households.household_id = safety_nets.household_id
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
        household_facts.subsistence_batch_id,
        household_facts.subsistence_sheet,
        household_facts.destitute_batch_id,
        household_facts.destitute_sheet,
        persons.source_row,
        household_facts.subsistence_row,
        household_facts.destitute_row,
        household_facts.has_no_labour
    from persons
    inner join household_facts
        on persons.household_id = household_facts.household_id
),

members as (
    {{ figure_members('household_facts', [
        {'figure_id': 'dib_all_hh', 'where': 'has_no_labour', 'state': 'state'},
        {
            'figure_id': 'dib_dibao_hh',
            'where': on_subsistence,
            'source': 'subsistence',
        },
        {
            'figure_id': 'dib_dibao_labour_hh',
            'where': 'not has_no_labour and subsistence_batch_id is not null',
            'source': 'subsistence',
        },
        {
            'figure_id': 'dib_wubao_hh',
            'where': on_destitute,
            'source': 'destitute',
        },
    ] + rate_specs(
        'dib_rate', covered, in_scope, state='state', source='evidence'
    )) }}
    union all
    {{ figure_members('person_facts', [
        {'figure_id': 'dib_all_pp', 'where': 'has_no_labour'},
        {
            'figure_id': 'dib_dibao_pp',
            'where': on_subsistence,
            'source': 'subsistence',
        },
        {
            'figure_id': 'dib_wubao_pp',
            'where': on_destitute,
            'source': 'destitute',
        },
    ]) }}
)

select * from members
