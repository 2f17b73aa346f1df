{{ config(**partition_config()) }}
with

payments as (
    select * from {{ ref('int_household__payment') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

feeds as (
    select *
    from {{ ref('fct_feed_arrival') }}
    where as_of = {{ as_of() }}
),

sheets as (
    select * from {{ ref('int_sheet__shown') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by household_id, feed
            order by
                paid_on desc,
                batch_id desc,
                source_sheet asc,
                source_row desc
        ) as place
    from payments
    where
        paid_on <= {{ as_of() }}
        and paid_on >= {{ month_of(as_of(), 1) }}
),

summed as (
    select
        household_id,
        max(register_household_no) as register_household_no,
        feed,
        sum(amount_yuan) as amount_yuan,
        count(*) as payment_count,
        min(paid_on) as first_paid_on,
        max(paid_on) as last_paid_on,
        max(case when place = 1 then batch_id end) as source_batch_id,
        max(case when place = 1 then source_sheet end) as source_sheet,
        max(case when place = 1 then source_row end) as source_row
    from ranked
    group by household_id, feed
),

final as (
    select
        summed.household_id,
        summed.register_household_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        summed.feed,
        feeds.feed_title,
        feeds.department_name,
        summed.source_batch_id,
        sheets.shown_sheet as source_sheet,
        summed.source_row,
        cast(summed.amount_yuan as decimal(18, 2)) as amount_yuan,
        cast(summed.payment_count as integer) as payment_count,
        {{ month_start('summed.first_paid_on') }} as first_paid_month,
        {{ month_start('summed.last_paid_on') }} as last_paid_month,
        {{ as_of() }} as as_of
    from summed
    left join located
        on summed.household_id = located.household_id
    left join feeds
        on summed.feed = feeds.feed
    left join sheets
        on summed.source_sheet = sheets.source_sheet
)

select * from final
