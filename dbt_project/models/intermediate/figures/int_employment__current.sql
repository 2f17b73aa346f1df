{{ config(materialized='view') }}
-- Jobs that people have in the month of as_of, whoever they are; of each person
-- the one that tells where he works is the one begun last.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

jobs as (
    select * from {{ ref('stg_employment') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

work_areas as (
    select * from {{ ref('work_area') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

current_jobs as (
    select
        linked.person_key,
        jobs.work_area,
        work_areas.figure_id,
        jobs.batch_id,
        jobs.source_sheet,
        work_areas.priority,
        jobs.source_row,
        coalesce(jobs.job_channel in {{ codes_of('WORKSHOP_JOB') }}, false)
            as is_in_workshop,
        jobs.started_month
    from jobs
    cross join basis
    inner join linked
        on
            linked.feed = 'employment'
            and jobs.batch_id = linked.batch_id
            and jobs.source_sheet = linked.source_sheet
            and jobs.source_row = linked.source_row
    inner join work_areas
        on jobs.work_area = work_areas.work_area
    where
        jobs.is_latest
        and jobs.started_month <= basis.pay_month
        -- an end that was written and could not be read is not open
        and coalesce(
            jobs.ended_month >= basis.pay_month,
            not {{ cell_is_held('jobs', 'ended_month') }}
        )
),

ranked as (
    select
        *,
        row_number() over (
            partition by person_key
            order by
                started_month desc nulls last,
                priority asc nulls last,
                batch_id asc nulls last,
                source_sheet asc nulls last,
                source_row asc nulls last
        ) = 1 as is_last_begun
    from current_jobs
)

select * from ranked
