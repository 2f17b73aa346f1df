{{ config(materialized='view') }}
with

statements as (
    select * from {{ ref('stg_attested_statement') }}
),

latest as (
    select
        statement_no,
        figure_id,
        stated_value,
        stated_unit,
        document_name,
        attested_by,
        attested_on,
        batch_id,
        source_sheet,
        source_row
    from statements
    where is_latest
)

select * from latest
