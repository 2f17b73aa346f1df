{{ config(materialized='view') }}
{% set in_scope = "state <> 'NOT_APPLICABLE'" %}
{% set in_school = "state = 'MET'" %}
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
        educations.state,
        educations.override_id,
        educations.reason_code,
        persons.batch_id,
        persons.source_sheet,
        {{ proving('educations', 'persons', 'batch_id') }},
        {{ proving('educations', 'persons', 'sheet') }},
        persons.source_row,
        {{ proving('educations', 'persons', 'row') }}
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
            'state': 'state',
        },
        {
            'figure_id': 'edu_in_school_pp',
            'where': in_school,
            'override': 'override_id',
            'source': 'evidence',
        },
    ] + rate_specs(
        'edu_enrol_rate',
        in_school,
        in_scope,
        state='state',
        source='evidence'
    )) }}
)

select * from members
