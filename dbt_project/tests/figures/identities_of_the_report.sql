-- Identities of the report that hold where the departments' data agree: a person
-- on two rolls breaks them, and is a lead, not a fault.
{{ config(severity='warn') }}
select
    identity_id,
    left_text,
    right_text
from {{ ref('fct_identity') }}
where
    as_of = {{ as_of() }}
    and severity = 'BLOCK'
    and identity_state = 'BROKEN'
