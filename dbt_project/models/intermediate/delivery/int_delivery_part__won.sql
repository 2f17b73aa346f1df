-- Which file speaks last for each part of a period, whatever its date, and what
-- was added to it since; files of feeds that add up replace nothing.
with

parts as (
    select * from {{ ref('stg_delivery_part_all') }}
),

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known
),

known_parts as (
    select
        parts.feed,
        parts.batch_id,
        parts.group_batch_id,
        parts.period,
        parts.part,
        parts.group_received_no,
        parts.group_received_at,
        deliveries.withdrawn_at is not null as is_withdrawn,
        {{ adds_up('parts.feed') }} or coalesce(parts.adds, false)
            as adds_up
    from parts
    inner join deliveries
        on parts.batch_id = deliveries.batch_id
),

ranked as (
    select
        *,
        cast(dense_rank() over (
            partition by feed, period, part
            order by
                {{ oldest_first('group_received') }},
                group_batch_id asc nulls last
        ) as bigint) as part_version,
        {{ adds_up('feed') }} as is_never_replaced
    from known_parts
),

placed as (
    select
        *,
        max(case when not adds_up and not is_withdrawn then part_version end)
            over (partition by feed, period, part) as replaced_until
    from ranked
),

won as (
    select distinct
        feed,
        batch_id,
        group_batch_id,
        period,
        part,
        part_version,
        is_withdrawn,
        adds_up,
        not is_withdrawn
        and (is_never_replaced or part_version >= coalesce(replaced_until, 0))
            as is_winning,
        group_received_no,
        group_received_at
    from placed
)

select * from won
