{{ config(materialized='view') }}
-- What was paid as 生活费补助 of compulsory education in the calendar year of
-- as_of, by payee and term: how often, less what came back, and whether the
-- register had the payee on a day of payment.
with

paid as (
    select * from {{ ref('int_education_subsidy__compulsory') }}
),

summed_up as (
    select
        paid.person_key,
        paid.school_year,
        paid.term,
        paid.batch_id,
        paid.source_sheet,
        paid.source_row,
        sum(case
            when paid.net_yuan > 0 then 1
            when paid.net_yuan < 0 then -1
            else 0
        end) over (
            partition by paid.payee, paid.school_year, paid.term
        ) as payment_count,
        cast(sum(paid.net_yuan) over (
            partition by paid.payee, paid.school_year, paid.term
        ) as decimal(18, 2)) as net_paid_yuan,
        bool_or(paid.is_registered) over (
            partition by paid.payee, paid.school_year, paid.term
        ) as is_registered
    from paid
    qualify
        row_number() over (
            partition by paid.payee, paid.school_year, paid.term
            order by
                case when paid.net_yuan > 0 then 1 else 2 end asc nulls last,
                paid.paid_on desc nulls last,
                paid.batch_id asc nulls last,
                paid.source_sheet asc nulls last,
                paid.source_row asc nulls last
        ) = 1
)

select * from summed_up
