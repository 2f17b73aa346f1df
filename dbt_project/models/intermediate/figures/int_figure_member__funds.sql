{{ config(materialized='view') }}
with

receipts as (
    select * from {{ ref('int_fund_received__counted') }}
),

payments as (
    select * from {{ ref('int_fund_spent__counted') }}
),

inspections as (
    select * from {{ ref('int_fund_inspection__named') }}
),

receipt_facts as (
    {{ ledger_facts(
        'receipts', "'receipt_' || entry_key", more=['net_yuan', 'net_allotted_yuan']
    ) }}
),

payment_facts as (
    {{ ledger_facts(
        'payments', "'voucher_' || entry_key", more=['net_yuan']
    ) }}
),

inspection_facts as (
    {{ ledger_facts(
        'inspections', 'inspection_key', more=['figure_id']
    ) }}
),

members as (
    {{ figure_members('receipt_facts', [
        {'figure_id': 'fund_in', 'where': 'true', 'amount': 'net_yuan'},
        {
            'figure_id': 'fund_use_rate',
            'role': 'denominator',
            'where': 'true',
            'amount': 'net_yuan',
        },
    ] + rate_specs(
        'fund_allot_rate',
        'net_allotted_yuan is not null',
        'true',
        amount_above='net_allotted_yuan',
        amount_below='net_yuan'
    )) }}
    union all
    {{ figure_members('payment_facts', [
        {'figure_id': 'fund_used', 'where': 'true', 'amount': 'net_yuan'},
        {'figure_id': 'fund_use_rate', 'where': 'true', 'amount': 'net_yuan'},
    ]) }}
    union all
    {{ figure_members('inspection_facts', [
        {'figure': 'figure_id', 'where': 'true'},
    ]) }}
)

select * from members
