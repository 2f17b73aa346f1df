-- Every refused file, and whether a later good one speaks for what it would
-- have brought: of the same or a later date, with each of its parts. A
-- correction mends its own file and answers none but a refused correction; a
-- nil return answers for its own date alone.
with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known and withdrawn_at is null
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

good as (
    select
        deliveries.*,
        coalesce(deliveries.as_of, deliveries.received_on) as answers_for_on
    from deliveries
    inner join expected
        on deliveries.feed = expected.feed
    where
        deliveries.delivery_state in ('LOADED', 'PARTIAL', 'NIL')
        and coalesce(
            deliveries.as_of <= expected.as_of,
            deliveries.received_on
            <= {{ add_months(add_days('expected.as_of', 1), 1) }}
        )
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

answers as (
    select
        refused.batch_id,
        good.batch_id as good_batch_id,
        good.is_nil
    from refused
    inner join good
        on
            refused.feed = good.feed
            and refused.received_at < good.received_at
            and coalesce(refused.as_of <= good.answers_for_on, true)
    where
        (
            good.corrects_batch_id is null
            or refused.reason_code like 'RETURN%'
        )
        and (
            not good.is_nil
            or coalesce(refused.as_of = good.as_of, true)
        )
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
        good.feed,
        named_parts.part
    from good
    inner join named_parts
        on good.batch_id = named_parts.batch_id
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
