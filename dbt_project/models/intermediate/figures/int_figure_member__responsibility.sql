{{ config(materialized='view') }}
{% set meeting_specs = [] %}
{% for figure_id, rule in [
    ('mtg_secretary_special', 'SECRETARY_MEETING'),
    ('mtg_standing_cttee', 'STANDING_COMMITTEE_MEETING'),
    ('mtg_gov_exec', 'GOVERNMENT_MEETING'),
    ('mtg_joint_dept', 'JOINT_MEETING'),
    ('mtg_leading_group', 'LEADING_GROUP_MEETING'),
] -%}
    {%- do meeting_specs.append({
        'figure_id': figure_id,
        'where': 'meeting_kind in ' ~ codes_of(rule),
    }) -%}
{%- endfor -%}
{% set everyone = 'true' %}
with

meetings as (
    select * from {{ ref('int_meeting__of_year') }}
),

visits as (
    select * from {{ ref('int_research_visit__topical') }}
),

poor_villages as (
    select * from {{ ref('int_research_visit__poor_village') }}
),

days as (
    select * from {{ ref('int_research_visit__day') }}
),

months as (
    select * from {{ ref('int_research_visit__month') }}
),

year_months as (
    select * from {{ ref('int_month__of_year') }}
),

reports as (
    select * from {{ ref('int_research_visit__campaign_report') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

meeting_facts as (
    {{ ledger_facts('meetings', 'meeting_key', more=['meeting_kind']) }}
),

trip_facts as (
    {{ ledger_facts('visits', 'trip_key', 'is_of_year', place='town') }}
),

day_facts as (
    {{ ledger_facts('days', 'cast(visited_on as string)') }}
),

month_facts as (
    {{ ledger_facts('months', 'cast(visited_month as string)') }}
),

year_month_facts as (
    {{ ledger_facts('year_months', 'cast(month_on as string)') }}
),

town_facts as (
    {{ ledger_facts(
        'visits',
        'town_code',
        'is_of_year and is_in_county_town',
        place='town'
    ) }}
),

village_facts as (
    {{ ledger_facts('poor_villages', 'village_code', place='village') }}
),

report_facts as (
    {{ ledger_facts('reports', 'subject_key', more=['figure_id']) }}
),

members as (
    {{ figure_members('meeting_facts', meeting_specs) }}
    union all
    {{ figure_members('trip_facts', [
        {'figure_id': 'research_times', 'where': everyone},
    ]) }}
    union all
    {{ figure_members('day_facts', [
        {'figure_id': 'research_days', 'where': everyone},
    ]) }}
    union all
    {{ figure_members('month_facts', [
        {'figure_id': 'research_months', 'where': everyone},
    ]) }}
    union all
    {{ figure_members('year_month_facts', [
        {'figure_id': 'year_months', 'where': everyone},
    ]) }}
    union all
    {{ figure_members('town_facts', [
        {'figure_id': 'research_towns', 'where': everyone},
    ]) }}
    union all
    {{ figure_members('village_facts', [
        {'figure_id': 'research_vlg_poor', 'where': everyone},
    ]) }}
    union all
    {{ figure_members('report_facts', [
        {'figure': 'figure_id', 'where': everyone},
    ]) }}
)

select * from members
