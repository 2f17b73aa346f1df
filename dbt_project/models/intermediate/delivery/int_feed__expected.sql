-- What each feed owes at as_of: the last period that is over, and its due day.
with

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

terms as (
    select * from {{ ref('school_term') }}
),

-- On its last day a period is over.
clock as (
    select
        {{ as_of() }} as as_of,
        {{ month_start(add_days(as_of(), 1)) }} as month_on,
        cast(date_trunc('quarter', {{ add_days(as_of(), 1) }}) as date)
            as quarter_on,
        cast(date_trunc('year', {{ add_days(as_of(), 1) }}) as date) as year_on
),

reporting as (
    select
        clock.month_on,
        {{ month_of('clock.month_on', 'terms.report_month') }} as report_on
    from clock
    cross join terms
    where clock.as_of between terms.valid_from and terms.valid_to
),

-- The reporting month of a term that is over last: a term is due in the month
-- after it.
term_begun as (
    select
        max(case
            when report_on < month_on then report_on
            else {{ add_months('report_on', -12) }}
        end) as term_on
    from reporting
),

term_clock as (
    select
        clock.*,
        term_begun.term_on
    from clock
    left join term_begun
        on true
),

expected as (
    select
        contracts.*,
        term_clock.as_of,
        case contracts.cadence
            when 'weekly' then {{ add_months('term_clock.month_on', -1) }}
            when 'monthly' then {{ add_months('term_clock.month_on', -1) }}
            when 'quarterly' then {{ add_months('term_clock.quarter_on', -3) }}
            when 'yearly' then {{ add_months('term_clock.year_on', -12) }}
            when 'term' then term_clock.term_on
        end as expected_from,
        case contracts.cadence
            when 'weekly' then term_clock.month_on
            when 'monthly' then term_clock.month_on
            when 'quarterly' then term_clock.quarter_on
            when 'yearly' then term_clock.year_on
            when 'term' then {{ add_months('term_clock.term_on', 1) }}
        end as due_month_on
    from contracts
    cross join term_clock
),

due as (
    select
        feed,
        department,
        department_name,
        title as feed_title,
        owner,
        cadence,
        due_day,
        max_age_days,
        as_of,
        expected_from,
        {{ add_days('due_month_on', 'due_day - 1') }} as due_on
    from expected
)

select * from due
