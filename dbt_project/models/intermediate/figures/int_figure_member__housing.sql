{{ config(materialized='view') }}
{% set rate_state = "case when is_finished then 'MET' else 'NOT_MET' end" %}
{# The batch's seed row gives the prefix of its figures; each figure exists for
   all tasks and for those of registered households. #}
{% set specs = [] %}
{% for suffix, chosen in [('', 'true'), ('_reg', 'is_registered')] -%}
    {%- do specs.extend([
        {
            'figure': "figure_prefix || '_task" ~ suffix ~ "'",
            'where': chosen,
        },
        {
            'figure': "figure_prefix || '_done" ~ suffix ~ "'",
            'where': chosen ~ ' and is_finished',
        },
    ] + ([{
        'figure': "figure_prefix || '_accepted'",
        'where': 'is_finished and is_accepted',
    }] if not suffix else []) + rate_specs(
        none,
        chosen ~ ' and is_finished',
        chosen,
        state=rate_state,
        figure="figure_prefix || '_rate" ~ suffix ~ "'"
    )) -%}
{%- endfor -%}
with

current_tasks as (
    select * from {{ ref('int_renovation_task__current') }}
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
            -- a sheet may have the name of a person
            md5(coalesce(current_tasks.source_sheet, '')),
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
        current_tasks.is_accepted,
        owners.household_id is not null as is_registered
    from current_tasks
    inner join batches
        on current_tasks.programme = batches.task_batch
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
