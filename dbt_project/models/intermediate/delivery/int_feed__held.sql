-- The open rows of the data that each feed stands on at as_of: of a snapshot
-- those of its newest date, of events all.
with

held_rows as (
    select *
    from {{ ref('int_held_row__followed') }}
    where held_state = 'OPEN' and speaks_for_on <= {{ as_of() }}
),

parts as (
    select
        feed,
        part,
        max(speaks_for_on) as newest_on
    from {{ ref('stg_delivery_part') }}
    group by feed, part
),

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

held as (
    select
        held_rows.feed,
        count(*) as rows_still_held
    from held_rows
    inner join contracts
        on held_rows.feed = contracts.feed
    left join parts
        on
            held_rows.feed = parts.feed
            and held_rows.part = parts.part
    where
        contracts.delivery = 'events'
        or held_rows.speaks_for_on
        >= coalesce(parts.newest_on, held_rows.speaks_for_on)
    group by held_rows.feed
)

select * from held
