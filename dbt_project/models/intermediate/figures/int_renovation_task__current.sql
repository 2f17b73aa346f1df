{{ config(materialized='view') }}
-- One task per household of the ledger and batch.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

tasks as (
    select * from {{ ref('stg_renovation_task') }}
),

current_tasks as (
    select
        tasks.task_batch,
        tasks.town_name,
        tasks.village_name,
        tasks.batch_id,
        tasks.source_sheet,
        tasks.source_row,
        coalesce(tasks.finished_on <= basis.as_of, false) as is_finished
    from tasks
    cross join basis
    where tasks.is_latest
    qualify
        row_number() over (
            partition by
                tasks.task_batch,
                coalesce(
                    tasks.id_number,
                    concat_ws(
                        '|',
                        tasks.batch_id,
                        tasks.source_sheet,
                        cast(tasks.source_row as string)
                    )
                )
            order by
                tasks.finished_on asc nulls last,
                tasks.batch_id asc nulls last,
                tasks.source_sheet asc nulls last,
                tasks.source_row asc nulls last
        ) = 1
)

select * from current_tasks
