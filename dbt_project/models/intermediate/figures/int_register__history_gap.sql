-- Payments of the year that lie before the first register, where that does not
-- say since when its households are registered: who was in it then is unknown.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__since') }}
),

payments as (
    select * from {{ ref('stg_education_subsidy') }}
),

first_register as (
    select min(speaks_for_on) as first_on
    from persons
),

undated as (
    select count(*) as person_count
    from persons
    where is_first_register and not is_registration_dated
),

early as (
    select count(*) as row_count
    from payments
    cross join basis
    cross join first_register
    where
        payments.paid_on between basis.year_starts_on and basis.as_of
        and payments.paid_on < first_register.first_on
),

gap as (
    select
        'education_subsidy' as feed,
        undated.person_count,
        early.row_count as payment_count,
        first_register.first_on
    from first_register
    cross join undated
    cross join early
    where undated.person_count > 0 and early.row_count > 0
)

select * from gap
