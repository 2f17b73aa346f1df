-- Who was registered when payments of the year were made, as far as nobody can
-- know: payments before the first register to people of whom none says that
-- they were in it then (they may have left since, or their household has no
-- year), and people of older registers without a number to know them by.
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

linked as (
    select * from {{ ref('int_person__linked') }}
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

unnumbered as (
    select count(distinct persons.register_person_no) as person_count
    from persons
    cross join basis
    where
        not persons.is_identified
        and persons.in_force_until > basis.year_starts_on
),

early as (
    select count(*) as row_count
    from payments
    cross join basis
    cross join first_register
    left join linked
        on
            linked.feed = 'education_subsidy'
            and payments.batch_id = linked.batch_id
            and payments.source_sheet = linked.source_sheet
            and payments.source_row = linked.source_row
    left join persons
        on
            linked.person_key = persons.person_key
            and payments.paid_on >= persons.in_force_from
    where
        payments.paid_on between basis.year_starts_on and basis.as_of
        and payments.paid_on < first_register.first_on
        and persons.person_key is null
),

gap as (
    select
        'education_subsidy' as feed,
        undated.person_count,
        unnumbered.person_count as unnumbered_count,
        early.row_count as payment_count,
        first_register.first_on
    from first_register
    cross join undated
    cross join unnumbered
    cross join early
    where early.row_count > 0 or unnumbered.person_count > 0
)

select * from gap
