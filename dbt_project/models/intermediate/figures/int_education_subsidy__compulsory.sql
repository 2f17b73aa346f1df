{{ config(materialized='view') }}
-- Payments of 生活费补助 of compulsory education in the calendar year of as_of,
-- up to it, each with its payee (the person, or the ID of somebody who never
-- was in the register) and whether the register of the day has the payee.
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

contested as (
    select * from {{ ref('int_person__contested') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

registered as (
    select * from {{ ref('int_register_person__since') }}
),

-- Of a row whose number several bear nobody can say that it is an outsider's.
doubtful as (
    select distinct
        batch_id,
        source_sheet,
        source_row
    from contested
    where feed = 'education_subsidy'
),

paid as (
    select
        linked.person_key,
        payments.school_year,
        payments.term,
        payments.paid_on,
        payments.net_yuan,
        payments.batch_id,
        payments.source_sheet,
        payments.source_row,
        coalesce(linked.person_key, payments.id_number) as payee
    from payments
    cross join basis
    inner join stages
        on
            payments.stage = stages.stage
            and stages.subsidy_figure_id = 'edu_sub_compulsory'
    left join linked
        on
            linked.feed = 'education_subsidy'
            and payments.batch_id = linked.batch_id
            and payments.source_sheet = linked.source_sheet
            and payments.source_row = linked.source_row
    left join doubtful
        on
            payments.batch_id = doubtful.batch_id
            and payments.source_sheet = doubtful.source_sheet
            and payments.source_row = doubtful.source_row
    where
        payments.subsidy_kind in {{ codes_of('LIVING_SUBSIDY') }}
        and payments.paid_on between basis.year_starts_on and basis.as_of
        and (linked.person_key is not null or doubtful.batch_id is null)
),

-- Of the first register, where no year of registration stands, nobody knows
-- since when it holds.
of_day as (
    select
        paid.batch_id,
        paid.source_sheet,
        paid.source_row,
        bool_or(
            paid.paid_on >= registered.in_force_from
            and coalesce(paid.paid_on < registered.in_force_until, true)
            or paid.paid_on < registered.in_force_from
            and registered.is_first_register
            and not registered.is_registration_dated
        ) as is_registered
    from paid
    inner join registered
        on paid.person_key = registered.person_key
    group by
        paid.batch_id,
        paid.source_sheet,
        paid.source_row
),

judged as (
    select
        paid.*,
        coalesce(of_day.is_registered, false) as is_registered
    from paid
    left join of_day
        on
            paid.batch_id = of_day.batch_id
            and paid.source_sheet = of_day.source_sheet
            and paid.source_row = of_day.source_row
    where paid.payee is not null
)

select * from judged
