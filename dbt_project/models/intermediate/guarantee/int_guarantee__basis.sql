with

thresholds as (
    select * from {{ ref('threshold') }}
),

terms as (
    select * from {{ ref('school_term') }}
),

in_force as (
    select *
    from thresholds
    where {{ as_of() }} between valid_from and valid_to
),

terms_in_force as (
    select *
    from terms
    where {{ as_of() }} between valid_from and valid_to
),

-- The school year begins with its first term.
school_year_start as (
    select max(starts_month) as school_year_month
    from terms_in_force
    where term_no = 1
),

terms_begun as (
    select
        term,
        case
            when {{ month_of(as_of(), 'starts_month') }} <= {{ as_of() }}
                then {{ month_of(as_of(), 'starts_month') }}
            else {{ add_months(month_of(as_of(), 'starts_month'), -12) }}
        end as term_starts_on
    from terms_in_force
),

-- The term that began last.
current_term as (
    select *
    from terms_begun
    qualify
        row_number() over (order by term_starts_on desc nulls last) = 1
),

pivoted as (
    select
        {{ as_of() }} as as_of,
        {{ threshold('EDU_AGE_MIN') }} as education_age_min,
        {{ threshold('EDU_AGE_MAX') }} as education_age_max,
        {{ threshold('EDU_ROLL_MAX_AGE_D') }} as school_roll_days_max,
        {{ threshold('LABOUR_AGE_MIN') }} as labour_age_min,
        {{ threshold('WATER_QTY', var('water_area', 'wet')) }}
            as water_litres_min,
        {{ threshold('WATER_FETCH_MIN') }} as water_fetch_minutes_max,
        {{ threshold('WATER_OUTAGE_D') }} as water_outage_days_max,
        {{ threshold('WATER_TEST_MAX_AGE_D') }} as water_test_days_max,
        {{ threshold('WATER_LEDGER_MAX_AGE_D') }} as water_ledger_days_max,
        {{ threshold('SURVEY_MAX_AGE_D') }} as survey_days_max,
        {{ threshold('EVENT_CHECK_MONTHS') }} as event_check_months
    from in_force
),

school_year as (
    select
        pivoted.*,
        current_term.term,
        current_term.term_starts_on,
        school_year_start.school_year_month,
        cast(
            extract(year from pivoted.as_of)
            - case
                when
                    extract(month from pivoted.as_of)
                    < school_year_start.school_year_month
                    then 1
                else 0
            end as integer
        ) as school_year_from
    from pivoted
    left join current_term
        on true
    left join school_year_start
        on true
),

dated as (
    select
        as_of,
        cast(school_year_from as string)
        || '-'
        || cast(school_year_from + 1 as string) as school_year,
        term,
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
        survey_days_max,
        {{ add_days(
            "make_date(school_year_from, cast(school_year_month as integer), 1)",
            -1
        ) }} as education_age_on,
        term_starts_on,
        {{ month_start('as_of') }} as pay_month,
        make_date(cast(extract(year from as_of) as integer), 1, 1)
            as year_starts_on,
        {{ add_months('as_of', '-event_check_months') }} as events_after_on
    from school_year
)

select * from dated
