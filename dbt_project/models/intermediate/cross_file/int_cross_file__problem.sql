-- One cause, one message: what a held row of the other feed may be, or a row
-- there whose key nobody could read, is reported with that row.
with

answerable as (
    select * from {{ ref('int_cross_file__answerable') }}
),

known as (
    select * from {{ ref('int_cross_file__key') }}
),

held as (
    select
        candidates.feed,
        held_rows.row_json
    from {{ ref('int_held_row__candidates') }} as candidates
    inner join {{ ref('stg_held_row') }} as held_rows
        on
            candidates.batch_id = held_rows.batch_id
            and candidates.source_sheet = coalesce(held_rows.source_sheet, '')
            and candidates.source_row = held_rows.source_row
),

totals as (
    select
        lookup,
        value,
        scope,
        sum(row_count) as row_count
    from known
    where value is not null
    group by lookup, value, scope
),

nameless as (
    select distinct
        lookup,
        scope,
        subject_name
    from known
    where value is null and subject_name is not null
),

suspects as (
    select
        answerable.*,
        coalesce(totals.row_count, 0) as found_count
    from answerable
    left join totals
        on
            answerable.lookup = totals.lookup
            and answerable.value = totals.value
            and answerable.scope = totals.scope
    left join nameless
        on
            answerable.lookup = nameless.lookup
            and answerable.scope = nameless.scope
            and answerable.subject_name = nameless.subject_name
    where
        case
            when answerable.kind = 'counts_match'
                then totals.row_count <> answerable.stated_count
            when answerable.kind = 'current_number' then true
            else totals.row_count is null and nameless.lookup is null
        end
),

problems as (
    select suspects.*
    from suspects
    where not exists (
        select 1
        from held
        where
            held.feed = suspects.other_feed
            and (
                instr(held.row_json, '"' || suspects.value || '"') > 0
                or instr(held.row_json, '"' || suspects.subject_name || '"') > 0
            )
    )
)

select * from problems
