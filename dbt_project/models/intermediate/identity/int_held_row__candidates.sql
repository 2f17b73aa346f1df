with

held_rows as (
    select * from {{ ref('stg_held_row') }}
),

parts as (
    select * from {{ ref('stg_delivery_part') }}
),

batches as (
    select distinct
        feed,
        batch_id
    from parts
),

winners as (
    select distinct
        feed,
        period,
        part,
        batch_id
    from parts
),

-- What another batch speaks for now, a held row no longer says. A part of
-- which every row was held has no winner: its rows still count.
candidates as (
    select
        held_rows.feed,
        held_rows.batch_id,
        held_rows.period,
        held_rows.part,
        coalesce(held_rows.source_sheet, '') as source_sheet,
        held_rows.person_name,
        held_rows.source_row,
        held_rows.speaks_for_on
    from held_rows
    inner join batches
        on
            held_rows.feed = batches.feed
            and held_rows.batch_id = batches.batch_id
    where
        not exists (
            select 1
            from winners
            where
                winners.feed = held_rows.feed
                and winners.period = held_rows.period
                and winners.part = held_rows.part
                and winners.batch_id <> held_rows.batch_id
        )
        or exists (
            select 1
            from winners
            where
                winners.feed = held_rows.feed
                and winners.period = held_rows.period
                and winners.part = held_rows.part
                and winners.batch_id = held_rows.batch_id
        )
)

select * from candidates
