-- The parts that each refused file would have brought, and whether a later good
-- file has brought them: by as_of, and by now.
with

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known and withdrawn_at is null
),

answers as (
    select * from {{ ref('int_refusal__answer') }}
),

parts as (
    select * from {{ ref('stg_delivery_part_all') }}
),

held_rows as (
    select * from {{ ref('stg_held_row') }}
),

-- the rows of a refused file are all held; of a good one a part may be
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
),

answered_parts as (
    select
        answers.batch_id,
        named_parts.part,
        bool_or(answers.is_past) as is_past
    from answers
    inner join named_parts
        on answers.good_batch_id = named_parts.batch_id
    group by
        answers.batch_id,
        named_parts.part
),

-- A name that no good file ever had (a slip of the pen) is asked of none.
usual_parts as (
    select distinct
        deliveries.feed,
        named_parts.part
    from deliveries
    inner join named_parts
        on deliveries.batch_id = named_parts.batch_id
    where deliveries.delivery_state not in ('REFUSED', 'DUPLICATE')
),

final as (
    select
        named_parts.batch_id,
        named_parts.part,
        usual_parts.part is not null as is_usual,
        coalesce(answered_parts.is_past, false) as is_answered,
        answered_parts.part is not null as is_answered_since
    from deliveries
    inner join named_parts
        on deliveries.batch_id = named_parts.batch_id
    left join answered_parts
        on
            named_parts.batch_id = answered_parts.batch_id
            and named_parts.part = answered_parts.part
    left join usual_parts
        on
            deliveries.feed = usual_parts.feed
            and named_parts.part = usual_parts.part
    where deliveries.delivery_state = 'REFUSED'
)

select * from final
