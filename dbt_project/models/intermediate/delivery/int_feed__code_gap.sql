-- Codes that no year of events is without, as a rule says, and of which rows of
-- this year have none: a file that holds them never came.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

subsidies as (
    select * from {{ ref('stg_education_subsidy') }}
),

settlements as (
    select * from {{ ref('stg_inpatient_settlement') }}
),

codes as (
    select
        'education_subsidy' as feed,
        'subsidy_kind' as column_name,
        subsidy_kind as code,
        paid_on
    from subsidies
    union all
    select
        'inpatient_settlement' as feed,
        'care_place' as column_name,
        care_place as code,
        settled_on as paid_on
    from settlements
),

codes_of_year as (
    select distinct
        codes.feed,
        codes.column_name,
        codes.code
    from codes
    cross join basis
    where codes.paid_on between basis.year_starts_on and basis.as_of
),

missing as (
    select
        rule_codes.feed,
        rule_codes.code
    from rule_codes
    cross join basis
    inner join codes_of_year
        on
            rule_codes.feed = codes_of_year.feed
            and rule_codes.column_name = codes_of_year.column_name
    where
        rule_codes.is_of_every_year
        and basis.as_of between rule_codes.valid_from and rule_codes.valid_to
    group by
        rule_codes.feed,
        rule_codes.code
    having not bool_or(codes_of_year.code = rule_codes.code)
)

select * from missing
