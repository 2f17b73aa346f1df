{{ config(materialized='view') }}
-- The stages of school for which 生活费补助 of the term was delivered at all.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

payments as (
    select * from {{ ref('stg_education_subsidy') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

delivered as (
    select distinct payments.stage
    from payments
    cross join basis
    where
        payments.subsidy_kind in {{ codes_of('LIVING_SUBSIDY') }}
        and payments.school_year = basis.school_year
        and payments.term = basis.term
        and payments.paid_on <= basis.as_of
)

select * from delivered
