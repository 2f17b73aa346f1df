{{ config(materialized='view') }}
-- One task per household of the ledger and programme: the batches of a year
-- (2019年第二批; 第二批 in the rows of 2019) are one programme, what was left over
-- from before is one of its own.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

tasks as (
    select * from {{ ref('stg_renovation_task') }}
),

batches as (
    select * from {{ ref('renovation_batch') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

of_programmes as (
    select
        tasks.*,
        coalesce(batches.task_batch, tasks.task_batch) as programme
    from tasks
    left join batches
        on
            tasks.task_batch
            like concat(batches.task_batch, batches.instalments)
            or (
                tasks.task_year = batches.task_year
                and tasks.task_batch like batches.instalments
            )
),

current_tasks as (
    select
        tasks.programme,
        tasks.town_name,
        tasks.village_name,
        tasks.batch_id,
        tasks.source_sheet,
        tasks.source_row,
        coalesce(tasks.finished_on <= basis.as_of, false) as is_finished,
        coalesce(
            tasks.accepted_on <= basis.as_of
            and tasks.acceptance_result in {{ codes_of('ACCEPTANCE_PASSED') }},
            false
        ) as is_accepted
    from of_programmes as tasks
    cross join basis
    where tasks.is_latest
    qualify
        row_number() over (
            partition by
                tasks.programme,
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
