{%- set columns = read_columns() -%}
-- Per column that figures rest on: how many of the rows in use at as_of fill
-- it, and in how many the cell was not taken.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

named_towns as (
    select * from {{ ref('int_town__named') }}
),

counted as (
    {{ counted_cells(columns) }}
),

columns_read as (
    {{ columns_read(columns) }}
),

described as (
    select
        columns_read.*,
        counted.row_count,
        {{ item_of('counted.filled_counts', 'columns_read.place') }}
            as filled_count,
        {{ item_of('counted.emptied_counts', 'columns_read.place') }}
            as emptied_count
    from columns_read
    inner join counted
        on columns_read.feed = counted.feed
)

select * from described
