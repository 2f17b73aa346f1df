{{ config(materialized='view') }}
-- An institution houses a household only where it houses every member.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

supports as (
    select * from {{ ref('stg_destitute_support') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

in_care as (
    select
        linked.person_key,
        supports.batch_id,
        supports.source_sheet,
        supports.source_row
    from supports
    cross join basis
    inner join linked
        on
            linked.feed = 'destitute_support'
            and supports.batch_id = linked.batch_id
            and supports.source_sheet = linked.source_sheet
            and supports.source_row = linked.source_row
    where
        supports.support_kind in {{ codes_of('COLLECTIVE_CARE') }}
        and supports.pay_month = basis.pay_month
    qualify
        row_number() over (
            partition by linked.person_key
            order by
                supports.batch_id asc nulls last,
                supports.source_sheet asc nulls last,
                supports.source_row asc nulls last
        ) = 1
),

first_member as (
    select
        persons.household_id,
        in_care.batch_id,
        in_care.source_sheet,
        in_care.source_row
    from persons
    left join in_care
        on persons.person_key = in_care.person_key
    qualify
        row_number() over (
            partition by persons.household_id
            order by
                -- whoever is not in an institution comes first, without a row
                case when in_care.person_key is null then 1 else 2 end
                asc nulls last,
                persons.register_person_no asc nulls last
        ) = 1
),

housed as (
    select *
    from first_member
    where batch_id is not null
)

select * from housed
