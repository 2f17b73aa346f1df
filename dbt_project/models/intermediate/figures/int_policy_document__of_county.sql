{{ config(materialized='view') }}
-- The county's own documents in force, a row per document and category.
with

documents as (
    select * from {{ ref('stg_policy_document') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

of_county as (
    select
        'document_' || md5(coalesce(
            documents.document_no,
            {{ compared_name('documents.document_name') }}
        )) as document_key,
        documents.policy_category,
        documents.batch_id,
        documents.source_sheet,
        documents.source_row
    from documents
    where
        documents.is_latest
        and documents.issued_level in {{ codes_of('COUNTY_DOCUMENT') }}
        and {{ holds_on_as_of('documents', 'issued_on', 'repealed_on') }}
    qualify {{ is_first_row('document_key, documents.policy_category') }}
)

select * from of_county
