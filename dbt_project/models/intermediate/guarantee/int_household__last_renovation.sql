{{ config(materialized='view') }}
-- The last task of the household in the ledger. What the ledger dates after
-- as_of has not happened yet.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

tasks as (
    select * from {{ ref('stg_renovation_task') }}
),

dated as (
    select
        tasks.batch_id,
        tasks.source_sheet,
        tasks.acceptance_result,
        {{ cell_is_held('tasks', 'acceptance_result') }} as is_result_held,
        tasks.task_year,
        tasks.source_row,
        case when tasks.started_on <= basis.as_of then tasks.started_on end
            as started_on,
        case when tasks.finished_on <= basis.as_of then tasks.finished_on end
            as finished_on,
        case when tasks.accepted_on <= basis.as_of then tasks.accepted_on end
            as accepted_on
    from tasks
    cross join basis
    where tasks.is_latest
),

last_task as (
    select
        persons.household_id,
        dated.batch_id,
        dated.source_sheet,
        dated.acceptance_result,
        dated.source_row,
        dated.is_result_held,
        dated.finished_on,
        dated.accepted_on
    from dated
    inner join linked
        on
            linked.feed = 'renovation_task'
            and dated.batch_id = linked.batch_id
            and dated.source_sheet = linked.source_sheet
            and dated.source_row = linked.source_row
    inner join persons
        on linked.person_key = persons.person_key
    qualify
        row_number() over (
            partition by persons.household_id
            order by
                dated.task_year desc nulls last,
                coalesce(
                    dated.accepted_on,
                    dated.finished_on,
                    dated.started_on
                ) desc nulls last,
                dated.batch_id asc nulls last,
                dated.source_sheet asc nulls last,
                dated.source_row asc nulls last
        ) = 1
)

select * from last_task
