-- A household's schooling and medical cover are its members', by the order
-- NOT_MET, UNKNOWN, MET, EXEMPT, NOT_APPLICABLE. A member in a row that is held
-- leaves the household unknown, and is no row here.
with

persons as (
    select
        household_id,
        min({{ state_rank('education_state') }}) as education_rank,
        min({{ state_rank('medical_state') }}) as medical_rank
    from {{ ref('fct_person_guarantee') }}
    where as_of = {{ as_of() }}
    group by household_id
)

select
    households.household_id,
    households.education_state,
    households.medical_state
from {{ ref('fct_household_guarantee') }} as households
inner join persons
    on households.household_id = persons.household_id
where
    households.as_of = {{ as_of() }}
    and (
        (
            {{ state_rank('households.education_state') }}
            <> persons.education_rank
            and households.education_reason_code <> 'HELD_ROW_MAY_BE_MEMBER'
        )
        or (
            {{ state_rank('households.medical_state') }}
            <> persons.medical_rank
            and households.medical_reason_code <> 'HELD_ROW_MAY_BE_MEMBER'
        )
    )
