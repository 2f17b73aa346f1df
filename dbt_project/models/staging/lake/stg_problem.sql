with

problem as (
    select * from {{ source('lake', 'problem') }}
),

problem_of_row as (
    select
        batch_id,
        feed,
        coalesce(source_sheet, '') as source_sheet,
        column_name,
        header,
        cell,
        code,
        severity,
        coalesce(costs, 'row') as costs,
        value_shown,
        message,
        remedy,
        message_en,
        remedy_en,
        source_row
    from problem
    where source_row is not null
),

-- What a row is held for: its first error, from left to right.
first_of_row as (
    select
        *,
        -- the names of codes that say so: ID_SCIENTIFIC, ID_CUT
        bool_and(
            severity <> 'error'
            or costs = 'cell'
            or {{ regexp_found('code', '_(SCIENTIFIC|CUT)$') }}
        ) over (partition by batch_id, source_sheet, source_row)
        and severity = 'error'
        and costs = 'row' as is_ruined
    from problem_of_row
    qualify
        row_number() over (
            partition by batch_id, source_sheet, source_row
            order by
                severity asc nulls last,
                -- a cell that alone was not taken holds no row
                case costs when 'cell' then 2 else 1 end asc nulls last,
                length(cell) asc nulls last,
                cell asc nulls last,
                code asc nulls last
        ) = 1
)

select * from first_of_row
