{{ config(materialized='view') }}
{% set in_scope = "education_state <> 'NOT_APPLICABLE'" %}
{% set in_school = "education_state = 'MET'" %}
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

educations as (
    select * from {{ ref('int_person__education') }}
),

facts as (
    select
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        educations.education_state,
        persons.batch_id,
        persons.source_sheet,
        educations.education_evidence_batch_id,
        educations.education_evidence_sheet,
        persons.source_row,
        educations.education_evidence_row
    from persons
    inner join educations
        on persons.register_person_no = educations.register_person_no
    left join located
        on persons.household_id = located.household_id
),

members as (
    {{ figure_members('facts', [
        {
            'figure_id': 'edu_compulsory_pp',
            'where': in_scope,
            'state': 'education_state',
        },
        {
            'figure_id': 'edu_in_school_pp',
            'where': in_school,
            'source': 'education_evidence',
        },
    ] + rate_specs(
        'edu_enrol_rate',
        in_school,
        in_scope,
        state='education_state',
        source='education_evidence'
    )) }}
)

select * from members
