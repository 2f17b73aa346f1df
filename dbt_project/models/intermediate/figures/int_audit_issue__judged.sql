{{ config(materialized='view') }}
-- Issues of the ledger, each once, with how many it stands for and whether all
-- who have to see to it are done: the rows of one number are one issue, and
-- what it is stands in the first of them.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

thresholds as (
    select * from {{ ref('threshold') }}
),

issues as (
    select * from {{ ref('stg_audit_issue') }}
),

letters as (
    select * from {{ ref('reported_letter') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

{{ programme_start() }},

keyed as (
    select
        'issue_' || md5(coalesce(
            {{ compared_name('issues.issue_no') }},
            {{ row_itself('issues') }}
        )) as issue_key,
        issues.*,
        issues.rectification_status in {{ codes_of('ISSUE_CLOSED') }}
        and coalesce(issues.closed_on <= {{ as_of() }}, true)
            as is_row_closed,
        issues.rectification_status in {{ codes_of('ISSUE_RECTIFIED') }}
        and coalesce(
            coalesce(issues.rectified_on, issues.closed_on) <= {{ as_of() }},
            true
        ) as is_row_rectified
    from issues
    where issues.is_latest
),

whole as (
    select
        *,
        min(case when is_row_closed then 1 else 0 end) over (
            partition by issue_key
        ) = 1 as is_closed,
        min(case when is_row_rectified then 1 else 0 end) over (
            partition by issue_key
        ) = 1 as is_rectified
    from keyed
),

first_rows as (
    select *
    from whole
    qualify {{ is_first_row('issue_key') }}
),

judged as (
    select
        first_rows.issue_key,
        letters.figure_prefix,
        first_rows.batch_id,
        first_rows.source_sheet,
        coalesce(first_rows.issue_count, 1) as issue_count,
        first_rows.source_row,
        coalesce(
            first_rows.reported_on >= programme.programme_starts_on, true
        ) as is_of_programme,
        coalesce(
            first_rows.reported_on >= basis.year_starts_on, true
        ) as is_of_year,
        {{ is_one_of('first_rows.issue_source', 'SELF_FOUND_ISSUE') }}
            as is_of_self,
        {{ is_one_of('first_rows.issue_source', 'INSPECTION_ISSUE') }}
            as is_of_inspection,
        {{ is_one_of('first_rows.issue_source', 'AUDIT_ISSUE') }}
            as is_of_audit,
        coalesce(
            first_rows.issue_category in {{ codes_of('EDUCATION_ISSUE') }},
            false
        ) as is_on_education,
        coalesce(
            first_rows.issue_category in {{ codes_of('FLAT_ISSUE') }}, false
        ) as is_on_flats,
        {{ is_one_of('first_rows.issue_category', 'MEDICAL_AID_ISSUE') }}
            as is_on_medical_aid,
        first_rows.is_closed,
        first_rows.is_rectified
    from first_rows
    cross join programme
    cross join basis
    left join letters
        on first_rows.document_no = letters.document_no
    where coalesce(first_rows.reported_on <= {{ as_of() }}, true)
)

select * from judged
