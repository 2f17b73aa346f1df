{{ config(materialized='view') }}
-- Money of the programme that was spent, of the sources that the report counts:
-- each entry of a voucher once.
with

thresholds as (
    select * from {{ ref('threshold') }}
),

payments as (
    select * from {{ ref('stg_fund_spent') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

{{ programme_start() }},

{{ counted_entries('payments', 'paid_on', 'FUND_COUNTED_OUT', [
    'voucher_no',
    'line_no',
    'paid_on',
    'fund_source',
    'project_no',
    'project_name',
]) }}

select * from entries
