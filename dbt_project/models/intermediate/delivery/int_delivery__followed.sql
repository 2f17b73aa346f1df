-- What became of each file since: its version, its held rows, whether it holds.
with

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

parts as (
    select * from {{ ref('int_delivery_part__won') }}
),

returned as (
    select * from {{ ref('int_held_row__returned') }}
),

held_rows as (
    select * from {{ ref('int_held_row__followed') }}
),

of_parts as (
    select
        batch_id,
        max(part_version) as part_version,
        bool_or(is_winning) as is_winning
    from parts
    group by batch_id
),

corrected as (
    select
        batch_id,
        count(*) as rows_corrected
    from returned
    where is_corrected
    group by batch_id
),

still_held as (
    select
        batch_id,
        count(*) as rows_still_held
    from held_rows
    where held_state = 'OPEN'
    group by batch_id
),

-- A file of which no row was accepted has no part: it counts by its date.
of_dates as (
    select
        batch_id,
        row_number() over (
            partition by feed, as_of
            order by
                {{ oldest_first() }},
                batch_id asc nulls last
        ) as date_version
    from deliveries
    where
        is_known
        and delivery_state not in ('REFUSED', 'DUPLICATE')
        and corrects_batch_id is null
),

followed as (
    select
        deliveries.batch_id,
        deliveries.feed,
        coalesce(own.part_version, of_dates.date_version, base.part_version)
            as version,
        coalesce(corrected.rows_corrected, 0) as rows_corrected,
        coalesce(still_held.rows_still_held, 0) as rows_still_held,
        deliveries.is_known
        and deliveries.withdrawn_at is null
        and (deliveries.is_nil or coalesce(own.is_winning, false))
            as is_in_force,
        deliveries.as_of
    from deliveries
    left join of_parts as own
        on deliveries.batch_id = own.batch_id
    left join of_parts as base
        on deliveries.corrects_batch_id = base.batch_id
    left join of_dates
        on deliveries.batch_id = of_dates.batch_id
    left join corrected
        on deliveries.batch_id = corrected.batch_id
    left join still_held
        on deliveries.batch_id = still_held.batch_id
)

select * from followed
