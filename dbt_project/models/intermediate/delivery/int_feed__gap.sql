-- What the data in use at as_of lack, per column that figures read: a file has
-- no such column, the whole column is blank, or cells were not taken.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

parts as (
    select * from {{ ref('stg_delivery_part') }}
),

deliveries as (
    select * from {{ ref('stg_delivery') }}
),

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

counts as (
    select * from {{ ref('int_feed__cell_count') }}
),

files_in_use as (
    select distinct
        parts.feed,
        deliveries.batch_id,
        deliveries.absent_columns
    from parts
    cross join basis
    inner join contracts
        on parts.feed = contracts.feed
    inner join deliveries
        on parts.batch_id = deliveries.batch_id
    where
        case
            when contracts.delivery = 'events'
                then parts.speaks_for_on > basis.events_after_on
            else parts.is_latest
        end
),

absent as (
    select
        counts.feed,
        counts.column_name,
        count(*) as file_count
    from files_in_use
    inner join counts
        on
            files_in_use.feed = counts.feed
            and instr(
                files_in_use.absent_columns,
                ',' || counts.column_name || ','
            ) > 0
    group by counts.feed, counts.column_name
),

-- A column of numbers none of which is anybody's in the register is hardly one
-- of people who are strangers all.
somebodys as (
    select
        linked.feed,
        linked.id_column as column_name,
        count(*) as row_count
    from linked
    inner join files_in_use
        on
            linked.feed = files_in_use.feed
            and linked.batch_id = files_in_use.batch_id
    group by linked.feed, linked.id_column
),

described as (
    select
        counts.feed,
        counts.column_name,
        counts.column_label,
        counts.place,
        counts.emptied_count as cell_count,
        case
            when absent.file_count > 0 then 'COLUMN_ABSENT'
            when counts.emptied_count > 0 then 'CELLS_NOT_TAKEN'
            when
                counts.row_count >= {{ var('odd_from_rows') }}
                and counts.filled_count = 0
                and not counts.is_sparse
                then 'COLUMN_BLANK'
            when
                counts.names_person
                and counts.filled_count >= {{ var('odd_from_rows') }}
                and somebodys.row_count is null
                and 'register_person' in (select parts.feed from parts)
                then 'NOBODY_LINKED'
        end as gap_code
    from counts
    left join absent
        on
            counts.feed = absent.feed
            and counts.column_name = absent.column_name
    left join somebodys
        on
            counts.feed = somebodys.feed
            and counts.column_name = somebodys.column_name
),

gaps as (
    select *
    from described
    where gap_code is not null
)

select * from gaps
