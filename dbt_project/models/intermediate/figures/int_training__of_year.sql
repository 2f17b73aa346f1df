{{ config(materialized='view') }}
-- Rows about training of which the year of as_of has something to count: the
-- course ended in it, or its subsidy was paid in it.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

trainings as (
    select * from {{ ref('stg_training') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

judged as (
    select
        linked.person_key,
        trainings.batch_id,
        trainings.source_sheet,
        coalesce(trainings.net_yuan, 0) as net_yuan,
        trainings.source_row,
        -- blank is not noted: came; what could not be read is not blank
        trainings.finished_on between basis.year_starts_on and basis.as_of
        and coalesce(
            trainings.attended_days <> 0,
            not {{ cell_is_held('trainings', 'attended_days') }}
        ) as is_trained_in_year,
        coalesce(
            trainings.paid_on between basis.year_starts_on and basis.as_of,
            false
        ) as is_paid_in_year
    from trainings
    cross join basis
    inner join linked
        on
            linked.feed = 'training'
            and trainings.batch_id = linked.batch_id
            and trainings.source_sheet = linked.source_sheet
            and trainings.source_row = linked.source_row
),

of_year as (
    select
        *,
        -- the same in every file, whatever row of it this is
        md5(concat_ws(
            '|',
            person_key,
            cast(net_yuan as string),
            cast(row_number() over (
                partition by person_key, net_yuan, is_paid_in_year
                order by
                    batch_id asc nulls last,
                    source_sheet asc nulls last,
                    source_row asc nulls last
            ) as string)
        )) as payment_key
    from judged
    where is_trained_in_year or is_paid_in_year
)

select * from of_year
