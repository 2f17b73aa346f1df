-- The parts that each file has something of. The rows of a refused file are all
-- held, and of a good one a part may be.
with

parts as (
    select * from {{ ref('stg_delivery_part_all') }}
),

held_rows as (
    select * from {{ ref('stg_held_row') }}
),

named_parts as (
    select
        batch_id,
        part
    from held_rows
    where part <> ''
    union
    select
        batch_id,
        part
    from parts
    where part <> ''
)

select * from named_parts
