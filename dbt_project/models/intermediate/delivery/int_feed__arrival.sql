with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

received as (
    select * from {{ ref('int_feed__received') }}
),

landed as (
    select * from {{ ref('int_feed__landed') }}
),

-- A period that was due before this warehouse received its first file cannot
-- be called late: its days_late stays null.
gathered as (
    select
        expected.*,
        received.received_on,
        received.refused_on,
        landed.newest_on,
        coalesce(landed.rows_accepted, 0) as rows_accepted,
        coalesce(landed.rows_held, 0) as rows_held,
        coalesce(landed.missing_part_count, 0) as missing_part_count,
        case
            when
                received.warehouse_began_on <= expected.due_on
                and received.received_on is not null
                then greatest({{ date_diff_days(
                    'expected.due_on', 'received.received_on'
                ) }}, 0)
        end as days_late,
        coalesce(landed.has_arrived, false) as has_arrived,
        coalesce(
            {{ date_diff_days('landed.newest_on', 'expected.as_of') }}
            > expected.max_age_days, true
        ) as is_stale
    from expected
    left join received
        on expected.feed = received.feed
    left join landed
        on expected.feed = landed.feed
),

judged as (
    select
        *,
        case
            when has_arrived and (missing_part_count > 0 or rows_held > 0)
                then 'PARTIAL'
            when has_arrived and days_late > 0 then 'LATE'
            when has_arrived or received_on is not null then 'ARRIVED'
            when refused_on is not null then 'REFUSED'
            when expected_from is null then 'NOT_EXPECTED'
            else 'MISSING'
        end as arrival_state
    from gathered
)

select * from judged
