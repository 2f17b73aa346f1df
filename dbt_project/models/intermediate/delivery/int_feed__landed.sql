-- The rows of the period that each feed owes, and the parts that lack in it: of
-- those that came before, and of those that no period is without.
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

named_towns as (
    select * from {{ ref('int_town__named') }}
),

towns as (
    select coalesce(named_towns.town_name, villages.town_name) as town_name
    from {{ ref('stg_village') }} as villages
    left join named_towns
        on villages.town_name = named_towns.written_town_name
    where villages.is_latest
    group by coalesce(named_towns.town_name, villages.town_name)
),

wanted as (
    {{ expected_parts() }}
),

placed as (
    select
        parts.*,
        coalesce(
            named_towns.town_name, split_part(parts.part, '|', 1)
        ) as first_name,
        parts.speaks_for_on
        >= coalesce(expected.expected_from, parts.speaks_for_on)
            as is_in_period
    from parts
    inner join expected
        on parts.feed = expected.feed
    left join named_towns
        on parts.part = named_towns.written_town_name
),

held as (
    select
        feed,
        cast(sum(rows_held) as bigint) as rows_held
    from deliveries
    where
        batch_id in (
            select placed.batch_id from placed
            where placed.is_in_period
        )
    group by feed
),

missing as (
    select
        feed,
        part
    from placed
    group by
        feed,
        part
    having not bool_or(is_in_period)
    union
    select
        wanted.feed,
        wanted.part
    from wanted
    inner join placed
        on wanted.feed = placed.feed
    group by
        wanted.feed,
        wanted.part
    having
        bool_or(placed.is_in_period)
        and not bool_or(
            placed.is_in_period and placed.first_name = wanted.part
        )
),

-- a part of two columns is their texts with a bar between
named as (
    select
        feed,
        cast(count(*) as bigint) as missing_part_count,
        {{ join_texts("replace(part, '|', ' ')", 'part') }} as missing_parts
    from missing
    group by feed
),

landed as (
    select
        placed.feed,
        cast(
            coalesce(sum(placed.rows_accepted) filter (
                where placed.is_in_period
            ), 0) as bigint
        ) as rows_accepted,
        coalesce(max(held.rows_held), 0) as rows_held,
        coalesce(max(named.missing_part_count), 0) as missing_part_count,
        nullif(max(named.missing_parts), '') as missing_parts,
        bool_or(placed.is_in_period) as has_arrived,
        max(placed.speaks_for_on) as newest_on
    from placed
    left join held
        on placed.feed = held.feed
    left join named
        on placed.feed = named.feed
    group by placed.feed
)

select * from landed
