{{ config(materialized='view') }}
-- What somebody says of a figure: in writing, or in a report that was printed.
-- It never becomes part of the figure.
with

statements as (
    select * from {{ ref('int_attested_statement__latest') }}
),

reported as (
    select *
    from {{ ref('reported_value') }}
    where as_of = {{ as_of() }}
),

claims as (
    select
        'statement:' || statement_no as claim_id,
        'statement' as claim_source,
        figure_id,
        cast(stated_value as decimal(18, 4)) as claimed_value,
        stated_unit as claimed_unit,
        document_name,
        attested_by as claimed_by,
        attested_on as claimed_on,
        batch_id,
        source_sheet,
        source_row
    from statements
    union all
    select
        'report:' || source_doc || ':' || figure_id as claim_id,
        'report' as claim_source,
        figure_id,
        cast(reported_value as decimal(18, 4)) as claimed_value,
        cast(null as string) as claimed_unit,
        source_doc as document_name,
        cast(null as string) as claimed_by,
        documented_on as claimed_on,
        cast(null as string) as batch_id,
        cast(null as string) as source_sheet,
        cast(null as integer) as source_row
    from reported
)

select * from claims
