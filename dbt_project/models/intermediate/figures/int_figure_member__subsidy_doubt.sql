{{ config(materialized='view') }}
-- Whose 生活费补助 of compulsory education does not go with the roll or with the
-- register: the lists behind more paid pupils than pupils.
with

paid as (
    select *
    from {{ ref('int_education_subsidy__net') }}
    where net_paid_yuan > 0
),

persons as (
    select * from {{ ref('int_register_person__placed') }}
),

educations as (
    select * from {{ ref('int_person__education') }}
),

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

facts as (
    select
        coalesce(
            paid.person_key, 'payment_' || md5({{ row_itself('paid') }})
        ) as payee_key,
        'payment_' || md5({{ row_itself('paid') }}) as payment_key,
        persons.household_id,
        paid.person_key,
        persons.town_code,
        persons.town_name,
        persons.village_code,
        persons.village_name,
        paid.batch_id,
        paid.source_sheet,
        paid.source_row,
        paid.payment_count,
        paid.school_year,
        paid.term,
        paid.is_registered
    from paid
    left join persons
        on paid.person_key = persons.person_key
),

payment_facts as (
    select
        payment_key as member_key,
        *
    from facts
),

twice_facts as (
    select
        payee_key as member_key,
        *
    from facts
    where payment_count > 1
    qualify {{ is_first_row('payee_key') }}
),

-- Whoever stands in two books is a pupil where one of them says so.
off_stage as (
    select
        person_key,
        max(case when state = 'NOT_APPLICABLE' then 0 else 1 end) = 0
            as is_off_stage
    from educations
    group by person_key
),

term_facts as (
    select
        facts.payee_key as member_key,
        facts.*,
        off_stage.is_off_stage
    from facts
    inner join basis
        on
            facts.school_year = basis.school_year
            and facts.term = basis.term
    inner join off_stage
        on facts.person_key = off_stage.person_key
    qualify {{ is_first_row('facts.payee_key') }}
),

members as (
    {{ figure_members('payment_facts', [
        {'figure_id': 'edu_paid_unregistered', 'where': 'not is_registered'},
    ]) }}
    union all
    {{ figure_members('twice_facts', [
        {'figure_id': 'edu_paid_twice', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('term_facts', [
        {'figure_id': 'edu_paid_off_stage', 'where': 'is_off_stage'},
    ]) }}
)

select * from members
