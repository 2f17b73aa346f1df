{{ config(materialized='view') }}
with

paid as (
    select * from {{ ref('int_education_subsidy__of_year') }}
),

placed as (
    select * from {{ ref('int_register_household__last_place') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

subsidies as (
    select * from {{ ref('int_person__education_subsidy') }}
),

year_facts as (
    select
        paid.person_key as member_key,
        {{ household_id('paid.register_household_no') }} as household_id,
        paid.person_key,
        stages.subsidy_figure_id,
        placed.town_code,
        placed.town_name,
        placed.village_code,
        placed.village_name,
        paid.batch_id,
        paid.source_sheet,
        paid.source_row
    from paid
    left join stages
        on paid.stage = stages.stage
    left join placed
        on paid.register_household_no = placed.register_household_no
),

term_facts as (
    select
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        subsidies.state,
        subsidies.override_id,
        subsidies.reason_code,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        persons.batch_id,
        persons.source_sheet,
        {{ proving('subsidies', 'persons', 'batch_id') }},
        {{ proving('subsidies', 'persons', 'sheet') }},
        persons.source_row,
        {{ proving('subsidies', 'persons', 'row') }},
        subsidies.net_paid_yuan
    from persons
    inner join subsidies
        on persons.register_person_no = subsidies.register_person_no
    left join located
        on persons.household_id = located.household_id
    where subsidies.state <> 'NOT_APPLICABLE'
),

members as (
    {{ figure_members('year_facts', [
        {'figure_id': 'edu_subsidy_pp', 'where': 'true'},
        {
            'figure': 'subsidy_figure_id',
            'where': "subsidy_figure_id <> ''",
        },
    ]) }}
    union all
    {{ figure_members('term_facts', rate_specs(
        'edu_sub_rate',
        or_by_hand('net_paid_yuan > 0'),
        'true',
        state='state',
        source='evidence'
    )) }}
)

select * from members
