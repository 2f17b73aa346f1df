{{ config(materialized='view') }}
with

persons as (
    select * from {{ ref('int_register_person__placed') }}
),

jobs as (
    select * from {{ ref('int_employment__current') }}
),

posts as (
    select * from {{ ref('int_public_post__paid') }}
),

trainings as (
    select * from {{ ref('int_training__of_year') }}
),

workshops as (
    select * from {{ ref('int_workshop__working') }}
),

job_facts as (
    {{ person_facts('jobs', 'jobs.is_last_begun', more=['figure_id']) }}
),

workshop_job_facts as (
    {{ person_facts('jobs', 'jobs.is_in_workshop') }}
),

post_facts as (
    {{ person_facts('posts', 'true') }}
),

trained_facts as (
    {{ person_facts('trainings', 'trainings.is_trained_in_year') }}
),

subsidy_facts as (
    {{ person_facts(
        'trainings',
        'trainings.is_paid_in_year',
        key="'training_' || trainings.payment_key",
        more=['net_yuan']
    ) }}
),

workshop_facts as (
    {{ ledger_facts('workshops', 'workshop_key', place='town') }}
),

members as (
    {{ figure_members('job_facts', [
        {'figure_id': 'emp_total', 'where': 'true'},
        {'figure': 'figure_id', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('workshop_job_facts', [
        {'figure_id': 'emp_workshop_pp', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('post_facts', [
        {'figure_id': 'emp_public_post', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('trained_facts', [
        {'figure_id': 'emp_train_pp', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('subsidy_facts', [
        {'figure_id': 'emp_train_amt', 'where': 'true', 'amount': 'net_yuan'},
    ]) }}
    union all
    {{ figure_members('workshop_facts', [
        {'figure_id': 'emp_workshops', 'where': 'true'},
    ]) }}
)

select * from members
