-- What never came of the events of this year, which add up: parts that another
-- period of the year has, months without a row of a feed that has many, and
-- what no year is without.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

expected as (
    select * from {{ ref('int_feed__expected') }}
),

contracts as (
    select *
    from {{ ref('stg_feed_contract') }}
    where delivery = 'events'
),

parts as (
    select * from {{ ref('stg_delivery_part') }}
),

months as (
    {{ months_of_payments() }}
),

payrolls as (
    {{ payrolls_of_a_month() }}
),

-- A payroll that came for other months, and not for the month that is counted.
unpaid_month as (
    {{ unpaid_month() }}
),

parts_of_year as (
    select distinct
        parts.feed,
        parts.period,
        parts.part
    from parts
    cross join basis
    inner join contracts
        on parts.feed = contracts.feed
    where
        parts.period <> ''
        and parts.speaks_for_on between basis.year_starts_on and basis.as_of
),

every_part as (
    select distinct
        periods.feed,
        periods.period,
        others.part
    from parts_of_year as periods
    inner join parts_of_year as others
        on periods.feed = others.feed
),

busy as (
    select
        feed,
        avg(row_count) as month_rows
    from months
    group by feed
),

every_month as (
    {{ every_month() }}
),

missing as (
    select
        every_part.feed,
        replace(every_part.period, '|', ' ') as period,
        replace(every_part.part, '|', ' ') as part
    from every_part
    left join parts_of_year
        on
            every_part.feed = parts_of_year.feed
            and every_part.period = parts_of_year.period
            and every_part.part = parts_of_year.part
    where parts_of_year.feed is null
    union all
    select
        every_month.feed,
        cast(every_month.month_on as string) as period,
        '' as part
    from every_month
    left join months
        on
            every_month.feed = months.feed
            and every_month.month_on = months.month_on
    where
        months.feed is null
        and every_month.month_rows >= {{ var('odd_from_rows') }}
    union all
    select
        feed,
        cast(pay_month as string) as period,
        '' as part
    from unpaid_month
    union all
    select
        feed,
        code as period,
        '' as part
    from {{ ref('int_feed__code_gap') }}
)

select * from missing
