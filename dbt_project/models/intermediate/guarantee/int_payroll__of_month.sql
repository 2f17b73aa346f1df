-- 低保 and 特困 as paid in the month of as_of.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

allowances as (
    select * from {{ ref('stg_subsistence_allowance') }}
),

supports as (
    select * from {{ ref('stg_destitute_support') }}
),

payrolls as (
    select
        'subsistence_allowance' as feed,
        allowances.town_name,
        allowances.batch_id,
        allowances.source_sheet,
        allowances.amount_yuan,
        allowances.source_row
    from allowances
    cross join basis
    where allowances.pay_month = basis.pay_month
    union all
    select
        'destitute_support' as feed,
        supports.town_name,
        supports.batch_id,
        supports.source_sheet,
        supports.amount_yuan,
        supports.source_row
    from supports
    cross join basis
    where supports.pay_month = basis.pay_month
)

select * from payrolls
