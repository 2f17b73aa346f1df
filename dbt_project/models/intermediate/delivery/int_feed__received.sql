-- The files of the period that each feed owes: first good one, last refused,
-- and the newest refusal that no good file has answered since.
with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

followed as (
    select * from {{ ref('int_delivery__followed') }}
),

refusals as (
    select * from {{ ref('int_refusal__answered') }}
),

known as (
    select
        *,
        min(received_on) over () as warehouse_began_on
    from deliveries
    where is_known and withdrawn_at is null
),

placed as (
    select
        known.*,
        followed.version,
        followed.is_in_force,
        known.delivery_state = 'REFUSED'
        and known.department = expected.department as is_refused,
        known.delivery_state in ('LOADED', 'PARTIAL', 'NIL') as is_good,
        {{ speaks_by('known', 'expected.as_of') }} as is_past,
        coalesce(known.as_of, known.received_on) >= expected.expected_from
            as is_of_period
    from known
    inner join expected
        on known.feed = expected.feed
    left join followed
        on known.batch_id = followed.batch_id
),

received as (
    select
        feed,
        max(version) filter (
            where is_good and is_of_period and is_in_force
        ) as version,
        coalesce(bool_or(is_nil and is_of_period), false) as is_nil,
        min(warehouse_began_on) as warehouse_began_on,
        min(case when is_good and is_of_period then received_on end)
            as received_on,
        max(case when is_refused and is_of_period then received_on end)
            as refused_on
    from placed
    where is_past
    group by feed
),

newest_refused as (
    select
        placed.feed,
        placed.reason,
        placed.reason_en,
        placed.as_of
    from placed
    inner join refusals
        on placed.batch_id = refusals.batch_id
    where
        placed.is_refused
        and placed.is_past
        and not refusals.is_answered
    qualify
        row_number() over (
            partition by placed.feed
            order by
                {{ newest_first(of='placed') }},
                placed.batch_id desc nulls last
        ) = 1
),

final as (
    select
        received.feed,
        newest_refused.reason as refused_reason,
        newest_refused.reason_en as refused_reason_en,
        cast(received.version as integer) as version,
        received.is_nil,
        newest_refused.feed is not null as is_newest_refused,
        received.warehouse_began_on,
        received.received_on,
        received.refused_on,
        newest_refused.as_of as refused_for_on
    from received
    left join newest_refused
        on received.feed = newest_refused.feed
)

select * from final
