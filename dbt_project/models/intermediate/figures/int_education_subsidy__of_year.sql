-- Persons to whom 生活费补助 was paid in the calendar year of as_of, up to it,
-- while they were registered.
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

registered as (
    select * from {{ ref('int_register_person__since') }}
),

paid as (
    select
        linked.person_key,
        payments.school_year,
        payments.term,
        payments.stage,
        payments.batch_id,
        payments.source_sheet,
        payments.source_row,
        payments.net_yuan,
        payments.paid_on
    from payments
    cross join basis
    inner join linked
        on
            linked.feed = 'education_subsidy'
            and payments.batch_id = linked.batch_id
            and payments.source_sheet = linked.source_sheet
            and payments.source_row = linked.source_row
    where
        payments.subsidy_kind in {{ codes_of('LIVING_SUBSIDY') }}
        and payments.paid_on between basis.year_starts_on and basis.as_of
),

-- A payment counts when the register in force on its day holds the person; a
-- return goes with the payment of its term.
paid_while_registered as (
    select
        paid.person_key,
        paid.school_year,
        paid.term,
        max(registered.register_household_no) as register_household_no
    from paid
    inner join registered
        on
            paid.person_key = registered.person_key
            and paid.paid_on >= registered.in_force_from
            and (
                registered.in_force_until is null
                or paid.paid_on < registered.in_force_until
            )
    where paid.net_yuan > 0
    group by
        paid.person_key,
        paid.school_year,
        paid.term
),

summed_up as (
    select
        paid.person_key,
        paid.stage,
        paid_while_registered.register_household_no,
        paid.batch_id,
        paid.source_sheet,
        cast(
            sum(paid.net_yuan) over (partition by paid.person_key)
            as decimal(18, 2)
        ) as net_paid_yuan,
        paid.source_row,
        row_number() over (
            partition by paid.person_key
            order by
                case when paid.net_yuan > 0 then 1 else 2 end
                asc nulls last,
                paid.paid_on desc nulls last,
                paid.batch_id asc nulls last,
                paid.source_sheet asc nulls last,
                paid.source_row asc nulls last
        ) as place
    from paid
    inner join paid_while_registered
        on
            paid.person_key = paid_while_registered.person_key
            and paid.school_year = paid_while_registered.school_year
            and paid.term = paid_while_registered.term
),

last_payment as (
    select
        person_key,
        stage,
        register_household_no,
        batch_id,
        source_sheet,
        net_paid_yuan,
        source_row
    from summed_up
    where
        place = 1
        and net_paid_yuan > 0
)

select * from last_payment
