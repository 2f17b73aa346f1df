-- Every held row of the files that were taken, with the row that it first came
-- as and what the corrections of that row brought. The rows of a refused file
-- wait for a new file, not for a correction of each. A correction that was
-- accepted stands, whatever an older copy brings afterwards. A correction
-- without a row of its own says that the held row was deleted: it is settled,
-- too. What was accepted at first stands, too, when it comes back with nothing
-- but numbers that a spreadsheet has destroyed.
with

held_rows as (
    select * from {{ ref('stg_held_row') }}
),

corrections as (
    select * from {{ ref('stg_correction') }}
),

problems as (
    select * from {{ ref('stg_problem') }}
),

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known and delivery_state not in ('REFUSED', 'DUPLICATE')
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
        corrections.is_accepted or corrections.source_row is null
            as is_settled,
        deliveries.received_on,
        deliveries.received_no,
        deliveries.received_at,
        deliveries.withdrawn_at
    from corrections
    inner join deliveries
        on corrections.batch_id = deliveries.batch_id
),

last_corrections as (
    select *
    from known_corrections
    where withdrawn_at is null
    qualify
        row_number() over (
            partition by base_batch_id, base_source_sheet, base_source_row
            order by
                is_accepted desc nulls last,
                {{ newest_first() }},
                batch_id desc nulls last
        ) = 1
),

placed as (
    select
        held_rows.*,
        coalesce(held_rows.source_sheet, '') as sheet,
        deliveries.received_on,
        deliveries.received_no,
        deliveries.received_at,
        deliveries.withdrawn_at,
        coalesce(deliveries.corrects_batch_id, deliveries.batch_id)
            as group_batch_id,
        coalesce(held_rows.speaks_for_on, deliveries.as_of) as spoken_for_on
    from held_rows
    inner join deliveries
        on held_rows.batch_id = deliveries.batch_id
),

rooted as (
    select
        placed.*,
        coalesce(origin.base_batch_id, placed.batch_id) as root_batch_id,
        coalesce(origin.base_source_sheet, placed.sheet) as root_sheet,
        coalesce(origin.base_source_row, placed.source_row) as root_row
    from placed
    left join known_corrections as origin
        on
            placed.batch_id = origin.batch_id
            and placed.sheet = origin.source_sheet
            and placed.source_row = origin.source_row
),

returned as (
    select
        rooted.feed,
        rooted.batch_id,
        rooted.sheet as source_sheet,
        rooted.group_batch_id,
        rooted.root_batch_id,
        rooted.root_sheet,
        rooted.period,
        rooted.part,
        rooted.source_row,
        rooted.root_row,
        coalesce(last_corrections.is_settled, false) as is_corrected,
        root_held.batch_id is null and coalesce(problems.is_ruined, false)
            as is_kept,
        rooted.received_on as held_on,
        case when last_corrections.is_settled then last_corrections.received_on
        end as corrected_on,
        rooted.spoken_for_on as speaks_for_on,
        rooted.received_no,
        rooted.received_at,
        rooted.withdrawn_at
    from rooted
    left join last_corrections
        on
            rooted.root_batch_id = last_corrections.base_batch_id
            and rooted.root_sheet = last_corrections.base_source_sheet
            and rooted.root_row = last_corrections.base_source_row
    left join placed as root_held
        on
            rooted.root_batch_id = root_held.batch_id
            and rooted.root_sheet = root_held.sheet
            and rooted.root_row = root_held.source_row
    left join problems
        on
            rooted.batch_id = problems.batch_id
            and rooted.sheet = problems.source_sheet
            and rooted.source_row = problems.source_row
)

select * from returned
