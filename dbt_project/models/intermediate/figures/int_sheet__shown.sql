-- The sheets in which evidence and claims stand: thousands of rows, a few
-- dozen names, which the marts then find without looking at them again.
with

written as (
    select evidence_sheet as source_sheet
    from {{ ref('int_household_guarantee') }}
    union
    select evidence_sheet as source_sheet
    from {{ ref('int_person_guarantee') }}
    union
    select source_sheet from {{ ref('int_attested_statement__latest') }}
),

shown as (
    {{ shown_texts('written', ['source_sheet']) }}
)

select
    written_text as source_sheet,
    shown_text as shown_sheet
from shown
