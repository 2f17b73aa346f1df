-- The parts that each refused file would have brought, and whether a later good
-- file has brought them: by as_of, and by now. Where nobody could read which
-- part of a feed or which events a refused file is of, it may have been any:
-- a sibling of the same day does not speak for it, a file of its name does.
with

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

refused as (
    select *
    from {{ ref('int_delivery__described') }}
    where
        is_known
        and withdrawn_at is null
        and delivery_state = 'REFUSED'
),

answers as (
    select * from {{ ref('int_refusal__answer') }}
),

named_parts as (
    select * from {{ ref('int_delivery__named_part') }}
),

brought as (
    select
        *,
        count(*) over (partition by batch_id) as part_count
    from named_parts
),

-- A name that no good file ever had (a slip of the pen) is asked of none.
usual_parts as (
    select
        *,
        count(*) over (partition by feed) as part_count
    from {{ ref('int_feed__usual_part') }}
),

wanted as (
    select
        named_parts.batch_id,
        named_parts.part,
        usual_parts.part is not null as is_usual,
        null as guessed_of
    from refused
    inner join named_parts
        on refused.batch_id = named_parts.batch_id
    left join usual_parts
        on
            refused.feed = usual_parts.feed
            and named_parts.part = usual_parts.part
    union all
    select
        refused.batch_id,
        coalesce(usual_parts.part, '') as part,
        true as is_usual,
        coalesce(usual_parts.part_count, 1) as guessed_of
    from refused
    inner join contracts
        on refused.feed = contracts.feed
    left join usual_parts
        on refused.feed = usual_parts.feed
    left join named_parts
        on refused.batch_id = named_parts.batch_id
    where
        named_parts.batch_id is null
        and (
            contracts.delivery = 'events'
            or coalesce(usual_parts.is_of_cut_feed, false)
        )
),

answered_parts as (
    select
        wanted.batch_id,
        wanted.part,
        bool_or(answers.is_past) as is_past
    from wanted
    inner join answers
        on wanted.batch_id = answers.batch_id
    left join brought
        on
            answers.good_batch_id = brought.batch_id
            and wanted.part = brought.part
    where
        (
            brought.part is not null
            and (
                wanted.guessed_of is null
                or answers.is_later
                or brought.part_count >= greatest(wanted.guessed_of, 2)
            )
        )
        or (wanted.guessed_of is not null and answers.is_namesake)
    group by
        wanted.batch_id,
        wanted.part
),

final as (
    select
        wanted.batch_id,
        wanted.part,
        wanted.is_usual,
        coalesce(answered_parts.is_past, false) as is_answered,
        answered_parts.part is not null as is_answered_since
    from wanted
    left join answered_parts
        on
            wanted.batch_id = answered_parts.batch_id
            and wanted.part = answered_parts.part
)

select * from final
