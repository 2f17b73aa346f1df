{{ config(materialized='view') }}

with

payments as (
    select * from {{ ref('int_payment') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

-- What is counted and never listed tells of somebody's health.
withheld as (
    select distinct feed
    from {{ ref('figure') }}
    where not is_listed and feed is not null
),

-- Who is registered twice is paid once.
payees as (
    select
        person_key,
        household_id,
        register_household_no,
        register_person_no,
        row_number() over (
            partition by person_key order by register_person_no
        ) as place
    from persons
),

paid as (
    select
        payees.household_id,
        payees.register_household_no,
        payees.register_person_no,
        payments.feed,
        payments.amount_yuan,
        payments.batch_id,
        payments.source_sheet,
        payments.source_row,
        coalesce(
            payments.paid_on, payments.pay_month, payments.speaks_for_on
        ) as paid_on
    from payments
    inner join payees
        on payments.person_key = payees.person_key
    where
        payees.place = 1
        and payments.feed not in (select withheld.feed from withheld)
        and coalesce(payments.amount_yuan, 0) <> 0
)

select * from paid
