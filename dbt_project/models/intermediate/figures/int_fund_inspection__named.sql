{{ config(materialized='view') }}
-- Inspections of the programme's money that the report names, each once, over
-- however many towns it went.
with

inspections as (
    select * from {{ ref('stg_fund_inspection') }}
),

named_inspections as (
    select * from {{ ref('named_inspection') }}
),

named as (
    select
        named_inspections.figure_id,
        'inspection_' || md5(concat_ws(
            '|',
            {{ compared_name('inspections.inspection_name') }},
            cast(inspections.started_on as string)
        )) as inspection_key,
        inspections.batch_id,
        inspections.source_sheet,
        inspections.source_row
    from inspections
    inner join named_inspections
        on
            inspections.inspection_kind = named_inspections.inspection_kind
            and inspections.started_on
            between named_inspections.starts_on and named_inspections.ends_on
    where
        inspections.is_latest
        and inspections.started_on <= {{ as_of() }}
    qualify {{ is_first_row('figure_id, inspection_key') }}
)

select * from named
