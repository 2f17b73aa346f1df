{{ config(materialized='view') }}
-- Letters about poverty relief since the programme began, each once.
with

thresholds as (
    select * from {{ ref('threshold') }}
),

letters as (
    select * from {{ ref('stg_audit_report') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

{{ programme_start() }},

counted as (
    select
        'letter_' || md5(letters.document_no) as letter_key,
        letters.supervision_kind,
        letters.batch_id,
        letters.source_sheet,
        letters.source_row
    from letters
    cross join programme
    where
        letters.is_latest
        and letters.reported_on
        between programme.programme_starts_on and {{ as_of() }}
        -- what was written there and could not be read is not blank
        and coalesce(
            {{ is_one_of('letters.field', 'POVERTY_FIELD') }},
            not {{ cell_is_held('letters', 'field') }}
        )
    qualify {{ is_first_row('letter_key') }}
)

select * from counted
