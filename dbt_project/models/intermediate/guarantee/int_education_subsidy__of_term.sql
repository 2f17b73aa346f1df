{{ config(materialized='view') }}
-- What 生活费补助 registered persons were paid in the term of as_of, up to it:
-- the net sum, and the last payment, which stands as its evidence.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

payments as (
    select * from {{ ref('stg_education_subsidy') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

of_term as (
    select
        payments.*,
        {{ cell_is_held('payments', 'subsidy_kind') }} as is_kind_held
    from payments
    cross join basis
    where
        (
            payments.subsidy_kind in {{ codes_of('LIVING_SUBSIDY') }}
            -- what it was paid for is not known: it may be this
            or {{ cell_is_held('payments', 'subsidy_kind') }}
        )
        and payments.school_year = basis.school_year
        and payments.term = basis.term
        and payments.paid_on <= basis.as_of
),

paid as (
    select
        linked.person_key,
        of_term.batch_id,
        of_term.source_sheet,
        of_term.source_row,
        cast(
            sum(case when not of_term.is_kind_held then of_term.net_yuan end)
                over (partition by linked.person_key)
            as decimal(18, 2)
        ) as net_paid_yuan,
        bool_or(of_term.is_kind_held) over (partition by linked.person_key)
            as has_kind_held
    from of_term
    inner join linked
        on
            linked.feed = 'education_subsidy'
            and of_term.batch_id = linked.batch_id
            and of_term.source_sheet = linked.source_sheet
            and of_term.source_row = linked.source_row
    qualify
        row_number() over (
            partition by linked.person_key
            order by
                of_term.paid_on desc nulls last,
                of_term.amount_yuan desc nulls last,
                of_term.batch_id asc nulls last,
                of_term.source_sheet asc nulls last,
                of_term.source_row asc nulls last
        ) = 1
)

select * from paid
