with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

parts as (
    select * from {{ ref('stg_delivery_part') }}
),

known as (
    select
        *,
        {{ local_date('received_at') }} as received_on,
        min({{ local_date('received_at') }}) over () as warehouse_began_on
    from deliveries
    where received_at <= {{ known_by() }}
),

in_period as (
    select parts.*
    from parts
    inner join expected
        on
            parts.feed = expected.feed
            and parts.speaks_for_on
            >= coalesce(expected.expected_from, parts.speaks_for_on)
),

rows_by_feed as (
    select
        feed,
        cast(sum(rows_accepted) as bigint) as rows_accepted
    from in_period
    group by feed
),

held_by_feed as (
    select
        feed,
        cast(sum(rows_held) as bigint) as rows_held
    from known
    where batch_id in (select in_period.batch_id from in_period)
    group by feed
),

parts_by_feed as (
    select
        parts.feed,
        count(distinct parts.part) - count(distinct in_period.part)
            as missing_part_count,
        max(parts.speaks_for_on) as newest_on
    from parts
    left join in_period
        on
            parts.feed = in_period.feed
            and parts.part = in_period.part
    group by parts.feed
),

files_by_feed as (
    select
        expected.feed,
        min(known.warehouse_began_on) as warehouse_began_on,
        min(case
            when
                known.delivery_state in ('LOADED', 'PARTIAL', 'NIL')
                and known.as_of >= expected.expected_from
                and known.as_of <= expected.as_of
                then known.received_on
        end) as received_on,
        max(case
            when
                known.delivery_state = 'REFUSED'
                and known.received_on >= expected.expected_from
                then known.received_on
        end) as refused_on
    from expected
    inner join known
        on expected.feed = known.feed
    group by expected.feed
),

-- A period that was due before this warehouse received its first file cannot
-- be called late: its days_late stays null.
gathered as (
    select
        expected.*,
        files_by_feed.received_on,
        files_by_feed.refused_on,
        parts_by_feed.newest_on,
        coalesce(rows_by_feed.rows_accepted, 0) as rows_accepted,
        coalesce(held_by_feed.rows_held, 0) as rows_held,
        coalesce(parts_by_feed.missing_part_count, 0) as missing_part_count,
        case
            when
                files_by_feed.warehouse_began_on <= expected.due_on
                and files_by_feed.received_on is not null
                then greatest(
                    {{ date_diff_days(
                        'expected.due_on', 'files_by_feed.received_on'
                    ) }}, 0
                )
        end as days_late,
        rows_by_feed.feed is not null as has_arrived,
        coalesce(
            {{ date_diff_days('parts_by_feed.newest_on', 'expected.as_of') }}
            > expected.max_age_days, true
        ) as is_stale
    from expected
    left join files_by_feed
        on expected.feed = files_by_feed.feed
    left join rows_by_feed
        on expected.feed = rows_by_feed.feed
    left join held_by_feed
        on expected.feed = held_by_feed.feed
    left join parts_by_feed
        on expected.feed = parts_by_feed.feed
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
