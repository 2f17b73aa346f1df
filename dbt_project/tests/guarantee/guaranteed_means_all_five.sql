-- Unknown is never yes.
select
    household_id,
    not_met_count,
    unknown_count,
    is_guaranteed
from {{ ref('fct_household_guarantee') }}
where
    as_of = {{ as_of() }}
    and (
        is_guaranteed <> (
            education_state in ('MET', 'EXEMPT', 'NOT_APPLICABLE')
            and medical_state in ('MET', 'EXEMPT', 'NOT_APPLICABLE')
            and housing_state in ('MET', 'EXEMPT', 'NOT_APPLICABLE')
            and water_state in ('MET', 'EXEMPT', 'NOT_APPLICABLE')
            and safety_net_state in ('MET', 'EXEMPT', 'NOT_APPLICABLE')
        )
        or is_guaranteed <> (not_met_count + unknown_count = 0)
    )
