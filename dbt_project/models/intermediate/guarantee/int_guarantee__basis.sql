with

thresholds as (
    select * from {{ ref('threshold') }}
),

in_force as (
    select *
    from thresholds
    where {{ as_of() }} between valid_from and valid_to
),

pivoted as (
    select
        {{ as_of() }} as as_of,
        {{ threshold('EDU_YEAR_MONTH') }} as school_year_month,
        {{ threshold('EDU_TERM2_MONTH') }} as second_term_month,
        {{ threshold('EDU_AGE_MIN') }} as education_age_min,
        {{ threshold('EDU_AGE_MAX') }} as education_age_max,
        {{ threshold('EDU_ROLL_MAX_AGE_D') }} as school_roll_days_max,
        {{ threshold('LABOUR_AGE_MIN') }} as labour_age_min,
        {{ threshold('WATER_QTY', var('water_area', 'wet')) }}
            as water_litres_min,
        {{ threshold('WATER_FETCH_MIN') }} as water_fetch_minutes_max,
        {{ threshold('WATER_OUTAGE_D') }} as water_outage_days_max,
        {{ threshold('WATER_TEST_MAX_AGE_D') }} as water_test_days_max,
        {{ threshold('WATER_LEDGER_MAX_AGE_D') }} as water_ledger_days_max
    from in_force
),

school_year as (
    select
        *,
        cast(
            extract(year from as_of)
            - case
                when extract(month from as_of) < school_year_month then 1
                else 0
            end as integer
        ) as school_year_from
    from pivoted
),

dated as (
    select
        as_of,
        cast(school_year_from as string)
        || '-'
        || cast(school_year_from + 1 as string) as school_year,
        case
            when
                extract(month from as_of) >= second_term_month
                and extract(month from as_of) < school_year_month
                then '第二学期'
            else '第一学期'
        end as term,
        cast(extract(year from as_of) as integer) as insurance_year,
        education_age_min,
        education_age_max,
        school_roll_days_max,
        labour_age_min,
        water_litres_min,
        water_fetch_minutes_max,
        water_outage_days_max,
        water_test_days_max,
        water_ledger_days_max,
        {{ add_days(
            "make_date(school_year_from, cast(school_year_month as integer), 1)",
            -1
        ) }} as education_age_on,
        {{ month_start('as_of') }} as pay_month,
        make_date(cast(extract(year from as_of) as integer), 1, 1)
            as year_starts_on
    from school_year
)

select * from dated
