{{ config(materialized='view') }}
{% set specs = [] %}
{% for batch in ['hous_2018', 'hous_2019'] -%}
    {%- for suffix, registered in [('', ''), ('_reg', ' and is_registered')] -%}
        {%- set task = "figure_prefix = '" ~ batch ~ "'" ~ registered -%}
        {%- do specs.extend([
            {'figure_id': batch ~ '_task' ~ suffix, 'where': task},
            {
                'figure_id': batch ~ '_done' ~ suffix,
                'where': task ~ ' and is_finished',
            },
        ]) -%}
        {%- do specs.extend(rate_specs(
            batch ~ '_rate' ~ suffix,
            task ~ ' and is_finished',
            task,
            state="case when is_finished then 'MET' else 'NOT_MET' end"
        )) -%}
    {%- endfor -%}
{%- endfor -%}
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

linked as (
    select * from {{ ref('int_person__linked') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

-- One task per household of the ledger and batch.
current_tasks as (
    select
        tasks.*,
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
),

owners as (
    select
        linked.batch_id,
        linked.source_sheet,
        linked.source_row,
        persons.household_id,
        persons.person_key
    from linked
    inner join persons
        on linked.person_key = persons.person_key
    where linked.feed = 'renovation_task'
    qualify
        row_number() over (
            partition by
                linked.batch_id,
                linked.source_sheet,
                linked.source_row
            order by persons.register_person_no asc nulls last
        ) = 1
),

facts as (
    select
        concat_ws(
            '|',
            current_tasks.batch_id,
            current_tasks.source_sheet,
            cast(current_tasks.source_row as string)
        ) as member_key,
        owners.household_id,
        owners.person_key,
        batches.figure_prefix,
        {{ located_columns('current_tasks') }},
        current_tasks.batch_id,
        current_tasks.source_sheet,
        current_tasks.source_row,
        current_tasks.is_finished,
        owners.household_id is not null as is_registered
    from current_tasks
    inner join batches
        on current_tasks.task_batch = batches.task_batch
    left join owners
        on
            current_tasks.batch_id = owners.batch_id
            and current_tasks.source_sheet = owners.source_sheet
            and current_tasks.source_row = owners.source_row
    {{ located_joins('current_tasks') }}
),

members as (
    {{ figure_members('facts', specs) }}
)

select * from members
