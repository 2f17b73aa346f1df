-- What the marked copy of a file says of each row that was taken without one of
-- its cells. A row that came back and was taken since is corrected here; what
-- its cells lack then is said in the copy that it came back in.
with

problems as (
    select * from {{ ref('stg_problem') }}
),

held_rows as (
    select * from {{ ref('stg_held_row') }}
),

corrections as (
    select * from {{ ref('stg_correction') }}
),

parts as (
    select * from {{ ref('int_delivery_part__won') }}
),

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where
        is_known
        and withdrawn_at is null
        and delivery_state in ('LOADED', 'PARTIAL')
),

known_corrections as (
    select
        corrections.batch_id,
        corrections.base_batch_id,
        coalesce(corrections.source_sheet, '') as source_sheet,
        coalesce(corrections.base_source_sheet, '') as base_source_sheet,
        corrections.source_row,
        corrections.base_source_row,
        corrections.is_accepted,
        deliveries.received_no,
        deliveries.received_at
    from corrections
    inner join deliveries
        on corrections.batch_id = deliveries.batch_id
),

of_groups as (
    select
        group_batch_id,
        bool_or(is_winning) as is_winning
    from parts
    group by group_batch_id
),

-- the first error of a row that was taken is that of a cell
lacking as (
    select
        problems.batch_id,
        problems.source_sheet,
        problems.source_row,
        coalesce(deliveries.corrects_batch_id, deliveries.batch_id)
            as group_batch_id,
        coalesce(origin.base_batch_id, problems.batch_id) as root_batch_id,
        coalesce(origin.base_source_sheet, problems.source_sheet)
            as root_sheet,
        coalesce(origin.base_source_row, problems.source_row) as root_row,
        deliveries.received_no,
        deliveries.received_at
    from problems
    inner join deliveries
        on problems.batch_id = deliveries.batch_id
    left join held_rows
        on
            problems.batch_id = held_rows.batch_id
            and problems.source_sheet = coalesce(held_rows.source_sheet, '')
            and problems.source_row = held_rows.source_row
    left join known_corrections as origin
        on
            problems.batch_id = origin.batch_id
            and problems.source_sheet = origin.source_sheet
            and problems.source_row = origin.source_row
    where
        problems.severity = 'error'
        and problems.costs = 'cell'
        and held_rows.batch_id is null
),

came_back as (
    select distinct
        lacking.batch_id,
        lacking.source_sheet,
        lacking.source_row
    from lacking
    inner join known_corrections
        on
            lacking.root_batch_id = known_corrections.base_batch_id
            and lacking.root_sheet = known_corrections.base_source_sheet
            and lacking.root_row = known_corrections.base_source_row
            and known_corrections.is_accepted
            and {{ arrived_before(
                'lacking', 'known_corrections', 'received',
                'lacking.batch_id', 'known_corrections.batch_id'
            ) }}
),

final as (
    select
        lacking.batch_id,
        lacking.source_sheet,
        case
            when came_back.batch_id is not null then 'CELL_CORRECTED'
            when not coalesce(of_groups.is_winning, true)
                then 'CELL_SUPERSEDED'
            else 'CELL_OPEN'
        end as copy_state,
        lacking.source_row
    from lacking
    left join came_back
        on
            lacking.batch_id = came_back.batch_id
            and lacking.source_sheet = came_back.source_sheet
            and lacking.source_row = came_back.source_row
    left join of_groups
        on lacking.group_batch_id = of_groups.group_batch_id
)

select * from final
