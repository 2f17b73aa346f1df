-- Every refused file with each later good one that may answer it: of the same
-- or a later date. A correction mends its own file and answers none but a
-- refused correction; a nil return answers for its own date alone. What speaks
-- for a time after as_of answers as well, but not yet on a board of that date.
with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known and withdrawn_at is null
),

refused as (
    select *
    from deliveries
    where delivery_state = 'REFUSED'
),

good as (
    select
        deliveries.*,
        coalesce(deliveries.as_of, deliveries.received_on) as answers_for_on,
        {{ speaks_by('deliveries', 'expected.as_of') }} as is_past
    from deliveries
    inner join expected
        on deliveries.feed = expected.feed
    where deliveries.delivery_state in ('LOADED', 'PARTIAL', 'NIL')
),

final as (
    select
        refused.batch_id,
        good.batch_id as good_batch_id,
        good.is_nil,
        good.is_past
    from refused
    inner join good
        on
            refused.feed = good.feed
            and {{ arrived_before('refused', 'good') }}
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
)

select * from final
