{{ config(materialized='view') }}
-- Projects of the ledger, each once, of which a row names a document by which
-- money came in, whatever its source.
with

projects as (
    select * from {{ ref('stg_industry_project') }}
),

receipts as (
    select * from {{ ref('stg_fund_received') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

{{ project_rows() }},

documents as (
    select distinct {{ compared_document('document_no') }} as document
    from receipts
    where document_no is not null
),

looked_up as (
    select
        whole.*,
        max(case when documents.document is not null then 1 else 0 end) over (
            partition by whole.project_key
        ) = 1 as is_traced
    from whole
    left join documents
        on whole.fund_document = documents.document
),

traced as (
    select
        project_key,
        town_code,
        town_name,
        batch_id,
        source_sheet,
        source_row,
        fiscal_yuan
    from looked_up
    where
        is_traced
        and is_going_on
        and coalesce(initiated_on <= {{ as_of() }}, true)
    qualify {{ is_first_with_money() }}
)

select * from traced
