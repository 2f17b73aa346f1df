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

held as (
    select * from {{ ref('int_feed__held') }}
),

-- A period that was due before this warehouse received its first file cannot
-- be called late: its days_late stays null.
gathered as (
    select
        expected.*,
        received.refused_reason,
        received.refused_reason_en,
        received.version,
        received.received_on,
        received.refused_on,
        received.refused_for_on,
        landed.newest_on,
        coalesce(landed.rows_accepted, 0) as rows_accepted,
        coalesce(landed.rows_held, 0) as rows_held,
        coalesce(held.rows_still_held, 0) as rows_still_held,
        coalesce(landed.missing_part_count, 0) as missing_part_count,
        landed.missing_parts,
        case
            when
                received.warehouse_began_on <= expected.due_on
                and received.received_on is not null
                then greatest({{ date_diff_days(
                    'expected.due_on', 'received.received_on'
                ) }}, 0)
        end as days_late,
        coalesce(landed.has_arrived, false) as has_arrived,
        coalesce(received.is_nil, false) as is_nil,
        coalesce(received.is_newest_refused, false) as is_newest_refused,
        -- a nil return is as fresh as rows
        not coalesce(received.is_nil, false)
        and coalesce(
            {{ date_diff_days('landed.newest_on', 'expected.as_of') }}
            > expected.max_age_days, true
        ) as is_stale
    from expected
    left join received
        on expected.feed = received.feed
    left join landed
        on expected.feed = landed.feed
    left join held
        on expected.feed = held.feed
),

judged as (
    select
        *,
        case
            when has_arrived and (missing_part_count > 0 or rows_still_held > 0)
                then 'PARTIAL'
            when has_arrived and days_late > 0 then 'LATE'
            when has_arrived then 'ARRIVED'
            when is_nil then 'NIL'
            when received_on is not null then 'PARTIAL'
            when refused_on is not null then 'REFUSED'
            when expected_from is null then 'NOT_EXPECTED'
            else 'MISSING'
        end as arrival_state
    from gathered
)

select * from judged
