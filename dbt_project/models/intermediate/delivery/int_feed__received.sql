-- The files of the period that each feed owes: first good one, last refused.
with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

known as (
    select
        *,
        {{ local_date('received_at') }} as received_on,
        min({{ local_date('received_at') }}) over () as warehouse_began_on
    from deliveries
    where received_at <= {{ known_by() }}
),

received as (
    select
        expected.feed,
        min(known.warehouse_began_on) as warehouse_began_on,
        min(case
            when
                known.delivery_state in ('LOADED', 'PARTIAL', 'NIL')
                and known.as_of >= expected.expected_from
                and known.as_of <= expected.as_of
                then known.received_on
        end) as received_on,
        max(case
            when
                known.delivery_state = 'REFUSED'
                and known.received_on >= expected.expected_from
                then known.received_on
        end) as refused_on
    from expected
    inner join known
        on expected.feed = known.feed
    group by expected.feed
)

select * from received
