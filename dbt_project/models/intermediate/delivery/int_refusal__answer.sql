-- Every refused file with each later good one that may answer it: of the same
-- or a later date, of an event the same month, for events add up. A correction
-- mends its own file and answers none but a refused correction; a nil return
-- answers for its own date alone. What speaks for a time after as_of answers as
-- well, but not yet on a board of that date. Whether the date is a later one or
-- the name the same decides where nobody knows what a file would have brought.
with

expected as (
    select * from {{ ref('int_feed__expected') }}
),

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

files as (
    select
        batch_id,
        {{ stem_first_sent(file_stem('file_name')) }} as stem
    from {{ ref('stg_delivery') }}
),

deliveries as (
    select
        described.*,
        files.stem
    from {{ ref('int_delivery__described') }} as described
    left join files
        on described.batch_id = files.batch_id
    where described.is_known and described.withdrawn_at is null
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
        {{ speaks_by('deliveries', 'expected.as_of') }} as is_past,
        contracts.delivery = 'events' as is_of_events
    from deliveries
    inner join expected
        on deliveries.feed = expected.feed
    inner join contracts
        on deliveries.feed = contracts.feed
    where deliveries.delivery_state in ('LOADED', 'PARTIAL', 'NIL')
),

final as (
    select
        refused.batch_id,
        good.batch_id as good_batch_id,
        good.is_nil,
        good.is_past,
        not good.is_of_events
        and coalesce(refused.as_of < good.answers_for_on, false) as is_later,
        coalesce(
            refused.department = good.department and refused.stem = good.stem,
            false
        ) as is_namesake
    from refused
    inner join good
        on
            refused.feed = good.feed
            and {{ arrived_before('refused', 'good') }}
            and coalesce(
                case
                    when good.is_of_events
                        then
                            {{ month_start('refused.as_of') }}
                            = {{ month_start('good.answers_for_on') }}
                    else refused.as_of <= good.answers_for_on
                end,
                true
            )
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
