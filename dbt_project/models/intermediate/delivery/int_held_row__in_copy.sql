-- What the marked copy of a file says of each of its held rows. The row that
-- came back since is open in the copy that it came back in.
with

held_rows as (
    select * from {{ ref('int_held_row__returned') }}
),

followed as (
    select * from {{ ref('int_held_row__followed') }}
),

corrections as (
    select * from {{ ref('stg_correction') }}
),

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known and withdrawn_at is null
),

known_corrections as (
    select
        corrections.batch_id,
        corrections.base_batch_id,
        coalesce(corrections.base_source_sheet, '') as base_source_sheet,
        corrections.base_source_row,
        corrections.is_accepted,
        deliveries.received_no,
        deliveries.received_at
    from corrections
    inner join deliveries
        on corrections.batch_id = deliveries.batch_id
),

came_back as (
    select
        held_rows.batch_id,
        held_rows.source_sheet,
        held_rows.source_row,
        bool_or(known_corrections.is_accepted) as is_accepted,
        bool_or({{ arrived_before(
            'held_rows', 'known_corrections', 'received',
            'held_rows.batch_id', 'known_corrections.batch_id'
        ) }}) as is_since,
        bool_or(
            known_corrections.is_accepted
            and {{ arrived_before(
                'held_rows', 'known_corrections', 'received',
                'held_rows.batch_id', 'known_corrections.batch_id'
            ) }}
        ) as is_accepted_since
    from held_rows
    inner join known_corrections
        on
            held_rows.root_batch_id = known_corrections.base_batch_id
            and held_rows.root_sheet = known_corrections.base_source_sheet
            and held_rows.root_row = known_corrections.base_source_row
    group by
        held_rows.batch_id,
        held_rows.source_sheet,
        held_rows.source_row
),

final as (
    select
        held_rows.batch_id,
        held_rows.source_sheet,
        case
            when came_back.is_accepted_since then 'CORRECTED'
            when came_back.is_accepted or held_rows.is_kept then 'KEPT'
            when came_back.is_since then 'MOVED'
            else followed.held_state
        end as copy_state,
        held_rows.source_row
    from held_rows
    left join came_back
        on
            held_rows.batch_id = came_back.batch_id
            and held_rows.source_sheet = came_back.source_sheet
            and held_rows.source_row = came_back.source_row
    left join followed
        on
            held_rows.batch_id = followed.batch_id
            and held_rows.source_sheet = followed.source_sheet
            and held_rows.source_row = followed.source_row
)

select * from final
