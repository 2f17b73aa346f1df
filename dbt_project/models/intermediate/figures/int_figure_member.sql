{{ config(materialized='view') }}
{% set subjects = [
    'register',
    'education',
    'subsidy',
    'safety_net',
    'medical',
    'housing',
    'water',
    'guarantee',
    'attested',
    'responsibility',
    'rectification',
] %}
with

members as (
    {{ members_of_subjects(subjects) }}
)

select * from members
