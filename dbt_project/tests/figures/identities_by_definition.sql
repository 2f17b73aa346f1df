-- Identities of the report that no data may break: rates and parts that are made
-- of the same members. Where one is broken, a model is wrong.
select
    identity_id,
    left_text,
    right_text
from {{ ref('fct_identity') }}
where
    as_of = {{ as_of() }}
    and severity = 'DEFINITION'
    and identity_state = 'BROKEN'
