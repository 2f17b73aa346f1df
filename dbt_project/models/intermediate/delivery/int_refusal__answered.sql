-- Every refused file, and whether what came later speaks for what it would have
-- brought, with each of its parts.
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

refused as (
    select *
    from deliveries
    where delivery_state = 'REFUSED'
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
    select distinct
        answers.batch_id,
        named_parts.part
    from answers
    inner join named_parts
        on answers.good_batch_id = named_parts.batch_id
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

own_parts as (
    select
        refused.batch_id,
        count(answered_parts.part) as answered_count,
        count(*) filter (
            where usual_parts.part is not null and answered_parts.part is null
        ) as open_count
    from refused
    inner join named_parts
        on refused.batch_id = named_parts.batch_id
    left join answered_parts
        on
            named_parts.batch_id = answered_parts.batch_id
            and named_parts.part = answered_parts.part
    left join usual_parts
        on
            refused.feed = usual_parts.feed
            and named_parts.part = usual_parts.part
    group by refused.batch_id
),

answered as (
    select
        batch_id,
        bool_or(is_nil) as is_nil
    from answers
    group by batch_id
),

final as (
    select
        refused.batch_id,
        refused.feed,
        answered.batch_id is not null
        and (
            answered.is_nil
            or own_parts.batch_id is null
            or (own_parts.answered_count > 0 and own_parts.open_count = 0)
        ) as is_answered
    from refused
    left join answered
        on refused.batch_id = answered.batch_id
    left join own_parts
        on refused.batch_id = own_parts.batch_id
)

select * from final
