{{ config(materialized='view') }}
{% set subjects = [
    'register',
    'village',
    'education',
    'subsidy',
    'education_bridge',
    'subsidy_doubt',
    'safety_net',
    'medical',
    'insurance_doubt',
    'housing',
    'water',
    'arsenic',
    'guarantee',
    'attested',
    'responsibility',
    'rectification',
    'funds',
    'employment',
    'industry',
    'consumption',
    'place',
    'policy',
    'visit',
    'party',
    'monitoring',
] %}
with

members as (
    {{ members_of_subjects(subjects) }}
)

select * from members
