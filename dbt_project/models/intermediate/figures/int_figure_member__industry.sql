{{ config(materialized='view') }}
{% set specs = [] %}
{% for figure_id, rule, amount in [
    ('ind_town_n', 'TOWN_PROJECT', none),
    ('ind_town_amt', 'TOWN_PROJECT', 'total_yuan'),
    ('ind_vlg_n', 'VILLAGE_PROJECT', none),
    ('ind_vlg_amt', 'VILLAGE_PROJECT', 'total_yuan'),
    ('ind_one_village', 'ONE_VILLAGE_PROJECT', 'total_yuan'),
    ('ind_one_village_fiscal', 'ONE_VILLAGE_PROJECT', 'fiscal_yuan'),
    ('ind_one_village_own', 'ONE_VILLAGE_PROJECT', 'own_yuan'),
] -%}
    {%- set chosen = 'project_level in ' ~ codes_of(rule) -%}
    {%- if amount -%}
        {%- do specs.append({
            'figure_id': figure_id,
            'where': chosen ~ ' and ' ~ amount ~ ' is not null',
            'amount': amount,
        }) -%}
    {%- else -%}
        {%- do specs.append({'figure_id': figure_id, 'where': chosen}) -%}
    {%- endif -%}
{%- endfor -%}
{%- do specs.append({
    'figure_id': 'ind_funded_n',
    'where': 'fiscal_yuan > 0',
}) -%}
with

projects as (
    select * from {{ ref('int_industry_project__counted') }}
),

traced as (
    select * from {{ ref('int_industry_project__traced') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

project_facts as (
    {{ ledger_facts('projects', 'project_key', place='town', more=[
        'project_level',
        'total_yuan',
        'fiscal_yuan',
        'own_yuan',
    ]) }}
),

traced_facts as (
    {{ ledger_facts('traced', 'project_key', place='town', more=[
        'fiscal_yuan',
    ]) }}
),

members as (
    {{ figure_members('project_facts', specs) }}
    union all
    {{ figure_members('traced_facts', [
        {
            'figure_id': 'ind_funded_traced_n',
            'where': 'fiscal_yuan > 0',
        },
    ]) }}
)

select * from members
