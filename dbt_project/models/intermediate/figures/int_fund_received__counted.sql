{{ config(materialized='view') }}
-- Money of the programme that came in, of the sources that the report counts:
-- each entry of a voucher once.
with

thresholds as (
    select * from {{ ref('threshold') }}
),

-- What is allotted of money that was taken back is taken back with it.
receipts as (
    select
        *,
        cast(
            case
                when net_yuan < 0 then -abs(allotted_yuan)
                else allotted_yuan
            end as decimal(18, 2)
        ) as net_allotted_yuan
    from {{ ref('stg_fund_received') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

{{ programme_start() }},

{{ counted_entries('receipts', 'received_on', 'FUND_COUNTED_IN', [
    'receipt_no',
    'line_no',
    'received_on',
    'fund_source',
    'document_no',
    'project_no',
    'project_name',
], more=['net_allotted_yuan']) }}

select * from entries
