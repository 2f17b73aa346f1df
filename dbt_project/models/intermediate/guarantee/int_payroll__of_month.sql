-- 低保 and 特困 as paid in the month of as_of: to each row that pays what its
-- payee has in the end, so that a payment that came back is none.
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
        cast(case
            when allowances.net_yuan > 0
                then sum(allowances.net_yuan) over (
                    partition by
                        {{ person_or_row('id_number', 'allowances') }}
                )
            else 0
        end as decimal(18, 2)) as amount_yuan,
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
        cast(case
            when supports.net_yuan > 0
                then sum(supports.net_yuan) over (
                    partition by
                        {{ person_or_row('id_number', 'supports') }}
                )
            else 0
        end as decimal(18, 2)) as amount_yuan,
        supports.source_row
    from supports
    cross join basis
    where supports.pay_month = basis.pay_month
)

select * from payrolls
