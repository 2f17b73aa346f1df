{{ config(materialized='view') }}
with

documents as (
    select * from {{ ref('int_policy_document__of_county') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

plan_facts as (
    {{ ledger_facts(
        'documents',
        'document_key',
        'policy_category in ' ~ codes_of('VISIT_PLAN_POLICY')
    ) }}
),

family_facts as (
    {{ ledger_facts(
        'documents',
        'policy_category',
        'policy_category not in ' ~ codes_of('POLICY_OF_NO_FAMILY')
    ) }}
),

members as (
    {{ figure_members('plan_facts', [
        {'figure_id': 'visit_plan_doc', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('family_facts', [
        {'figure_id': 'policy_families', 'where': 'true'},
    ]) }}
)

select * from members
