-- Every refused file, and whether what came later speaks for what it would have
-- brought, with each of its parts: by as_of, and by now. What nobody could
-- recognise is answered when a file of its name was taken.
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
    select * from {{ ref('int_refusal__part') }}
),

files as (
    select * from {{ ref('stg_delivery') }}
),

refused as (
    select *
    from deliveries
    where delivery_state = 'REFUSED'
),

own_parts as (
    select
        batch_id,
        bool_or(is_answered)
        and not bool_or(is_usual and not is_answered) as is_answered,
        bool_or(is_answered_since)
        and not bool_or(is_usual and not is_answered_since) as is_answered_since
    from parts
    group by batch_id
),

answered as (
    select
        batch_id,
        bool_or(is_nil) as is_nil,
        bool_or(is_past) as is_past,
        bool_or(is_nil and is_past) as is_past_nil
    from answers
    group by batch_id
),

named as (
    select
        deliveries.*,
        {{ file_stem('files.file_name') }} as stem
    from deliveries
    inner join files
        on deliveries.batch_id = files.batch_id
    where deliveries.delivery_state <> 'DUPLICATE'
),

namesakes as (
    select distinct refused.batch_id
    from named as refused
    inner join named as good
        on
            refused.department = good.department
            and refused.stem = good.stem
            and {{ arrived_before('refused', 'good') }}
    where
        refused.feed is null
        and refused.delivery_state = 'REFUSED'
        and good.delivery_state <> 'REFUSED'
),

final as (
    select
        refused.batch_id,
        refused.feed,
        coalesce(answered.is_past, false)
        and (
            answered.is_past_nil
            or coalesce(own_parts.is_answered, true)
        ) as is_answered,
        namesakes.batch_id is not null
        or (
            answered.batch_id is not null
            and (
                answered.is_nil
                or coalesce(own_parts.is_answered_since, true)
            )
        ) as is_answered_since
    from refused
    left join answered
        on refused.batch_id = answered.batch_id
    left join own_parts
        on refused.batch_id = own_parts.batch_id
    left join namesakes
        on refused.batch_id = namesakes.batch_id
)

select * from final
