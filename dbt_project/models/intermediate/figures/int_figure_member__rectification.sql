{{ config(materialized='view') }}
{# Of the issues of both sources and of each: how many, closed, not closed. #}
{% set specs = [] %}
{% for suffix, chosen in [
    ('', '(is_of_inspection or is_of_audit)'),
    ('_insp', 'is_of_inspection'),
    ('_audit', 'is_of_audit'),
] -%}
    {%- for what, state in [
        ('rect_issues', 'true'),
        ('rect_closed', 'is_closed'),
        ('rect_ongoing', 'not is_closed'),
    ] -%}
        {%- do specs.append({
            'figure_id': what ~ suffix,
            'where': ['is_of_programme', chosen, state] | join(' and '),
            'amount': 'issue_count',
        }) -%}
    {%- endfor -%}
{%- endfor -%}
{%- do specs.append({
    'figure_id': 'gaps',
    'where': 'is_of_year and is_of_self',
    'amount': 'issue_count',
}) -%}
{%- for figure_id, chosen in [
    ('rect_edu_open', 'is_on_education'),
    ('rect_medical_open', 'is_on_medical_aid'),
] -%}
    {%- do specs.append({
        'figure_id': figure_id,
        'where': chosen ~ ' and not is_rectified',
        'amount': 'issue_count',
    }) -%}
{%- endfor -%}
{# The letters that the report names; their seed row gives the prefix. #}
{% set letter_specs = [] %}
{% for part, chosen in [
    ('total', 'true'),
    ('edu', 'is_on_education'),
    ('house', 'is_on_flats'),
    ('done', 'is_rectified'),
] -%}
    {%- do letter_specs.append({
        'figure': "figure_prefix || '_" ~ part ~ "'",
        'where': 'figure_prefix is not null and ' ~ chosen,
        'amount': 'issue_count',
    }) -%}
{%- endfor -%}
with

letters as (
    select * from {{ ref('int_audit_report__counted') }}
),

issues as (
    select * from {{ ref('int_audit_issue__judged') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

letter_facts as (
    {{ ledger_facts('letters', 'letter_key', more=['supervision_kind']) }}
),

issue_facts as (
    {{ ledger_facts('issues', 'issue_key', more=[
        'figure_prefix',
        'issue_count',
        'is_of_programme',
        'is_of_year',
        'is_of_self',
        'is_of_inspection',
        'is_of_audit',
        'is_on_education',
        'is_on_flats',
        'is_on_medical_aid',
        'is_closed',
        'is_rectified',
    ]) }}
),

members as (
    {{ figure_members('letter_facts', [
        {
            'figure_id': 'rect_insp_n',
            'where': 'supervision_kind in ' ~ codes_of('INSPECTION_LETTER'),
        },
        {
            'figure_id': 'rect_audit_n',
            'where': 'supervision_kind in ' ~ codes_of('AUDIT_LETTER'),
        },
    ]) }}
    union all
    {{ figure_members('issue_facts', specs) }}
    union all
    {{ figure_members('issue_facts', letter_specs) }}
)

select * from members
