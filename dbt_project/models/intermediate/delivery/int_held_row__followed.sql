-- What became of each row that was held. A row that came back and was held
-- again is one row, where it lies now, held since it was held first.
with

held_rows as (
    select * from {{ ref('int_held_row__returned') }}
),

parts as (
    select * from {{ ref('int_delivery_part__won') }}
),

problems as (
    select * from {{ ref('stg_problem') }}
),

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

newest as (
    select
        *,
        min(held_on) over (
            partition by root_batch_id, root_sheet, root_row
        ) as first_held_on
    from held_rows
    qualify
        row_number() over (
            partition by root_batch_id, root_sheet, root_row
            order by
                case when withdrawn_at is null then 0 else 1 end asc,
                {{ newest_first() }},
                batch_id desc nulls last
        ) = 1
),

winners as (
    select distinct
        feed,
        period,
        part,
        group_batch_id,
        group_received_no,
        group_received_at
    from parts
    where is_winning and not adds_up
),

lost_groups as (
    select group_batch_id
    from parts
    group by group_batch_id
    having not bool_or(is_winning)
),

superseded as (
    select distinct
        newest.batch_id,
        newest.source_sheet,
        newest.source_row
    from newest
    inner join deliveries as root
        on newest.group_batch_id = root.batch_id
    inner join winners
        on
            newest.feed = winners.feed
            and newest.period = winners.period
            and newest.part = winners.part
            and newest.group_batch_id <> winners.group_batch_id
            and {{ arrived_before(
                'root', 'winners', 'group_received',
                'root.batch_id', 'winners.group_batch_id'
            ) }}
),

followed as (
    select
        newest.feed,
        newest.batch_id,
        newest.source_sheet,
        newest.part,
        problems.code as problem_code,
        problems.cell,
        {% for text in ['message', 'remedy', 'message_en', 'remedy_en'] -%}
        {{ without_cell_values(
            'problems.' ~ text,
            'problems.value_shown',
            'problems.header',
            'problems.source_sheet'
        ) }} as {{ text }},
        {% endfor -%}
        case
            when newest.withdrawn_at is not null then 'WITHDRAWN'
            when newest.is_corrected then 'CORRECTED'
            when newest.is_kept then 'KEPT'
            when
                superseded.batch_id is not null
                -- nobody else speaks for a part of which every row is held
                or (
                    lost_groups.group_batch_id is not null
                    and coalesce(newest.part, '') = ''
                )
                then 'SUPERSEDED'
            when problems.severity = 'warning' then 'DUPLICATE'
            else 'OPEN'
        end as held_state,
        newest.source_row,
        newest.first_held_on as held_on,
        newest.corrected_on,
        newest.speaks_for_on
    from newest
    left join superseded
        on
            newest.batch_id = superseded.batch_id
            and newest.source_sheet = superseded.source_sheet
            and newest.source_row = superseded.source_row
    left join lost_groups
        on newest.group_batch_id = lost_groups.group_batch_id
    left join problems
        on
            newest.batch_id = problems.batch_id
            and newest.source_sheet = problems.source_sheet
            and newest.source_row = problems.source_row
)

select * from followed
