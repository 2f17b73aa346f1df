{{ config(**partition_config()) }}
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

education_states as (
    select * from {{ ref('int_person__education') }}
),

medical_states as (
    select * from {{ ref('int_person__medical') }}
),

subsidy_states as (
    select * from {{ ref('int_person__education_subsidy') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

final as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        persons.register_household_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        {{ guarantee_columns('education_states', 'education') }},
        education_reason.sentence as education_reason,
        {{ guarantee_columns('medical_states', 'medical') }},
        medical_reason.sentence as medical_reason,
        {{ guarantee_columns('subsidy_states', 'education_subsidy') }},
        education_subsidy_reason.sentence as education_subsidy_reason,
        {{ as_of() }} as as_of
    from persons
    left join located
        on persons.household_id = located.household_id
    inner join education_states
        on
            persons.register_person_no
            = education_states.register_person_no
    left join reasons as education_reason
        on
            education_states.education_reason_code
            = education_reason.reason_code
    inner join medical_states
        on
            persons.register_person_no
            = medical_states.register_person_no
    left join reasons as medical_reason
        on
            medical_states.medical_reason_code
            = medical_reason.reason_code
    inner join subsidy_states
        on
            persons.register_person_no
            = subsidy_states.register_person_no
    left join reasons as education_subsidy_reason
        on
            subsidy_states.education_subsidy_reason_code
            = education_subsidy_reason.reason_code
)

select * from final
