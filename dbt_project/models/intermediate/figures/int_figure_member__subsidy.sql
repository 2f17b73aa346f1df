{{ config(materialized='view') }}
{% set stage_figures = [
    'edu_sub_compulsory',
    'edu_sub_high',
    'edu_sub_voc',
    'edu_sub_college',
    'edu_sub_tech',
] %}
{% set of_year = [{'figure_id': 'edu_subsidy_pp', 'where': 'true'}] %}
{% for figure_id in stage_figures -%}
    {% do of_year.append({
        'figure_id': figure_id,
        'where': "subsidy_figure_id = '" ~ figure_id ~ "'",
    }) %}
{% endfor -%}
with

paid as (
    select * from {{ ref('int_education_subsidy__of_year') }}
),

registers as (
    select * from {{ ref('stg_register_household') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
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

-- Where the household was when it was last registered: some have left.
last_registers as (
    select *
    from registers
    qualify
        row_number() over (
            partition by register_household_no
            order by
                speaks_for_on desc nulls last,
                batch_id desc nulls last,
                source_row desc nulls last
        ) = 1
),

placed as (
    select
        last_registers.register_household_no,
        {{ located_columns('last_registers') }}
    from last_registers
    {{ located_joins('last_registers') }}
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
        subsidies.education_subsidy_state,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        persons.batch_id,
        persons.source_sheet,
        subsidies.education_subsidy_evidence_batch_id,
        subsidies.education_subsidy_evidence_sheet,
        persons.source_row,
        subsidies.education_subsidy_evidence_row,
        subsidies.net_paid_yuan
    from persons
    inner join subsidies
        on persons.register_person_no = subsidies.register_person_no
    left join located
        on persons.household_id = located.household_id
    where subsidies.education_subsidy_state <> 'NOT_APPLICABLE'
),

members as (
    {{ figure_members('year_facts', of_year) }}
    union all
    {{ figure_members('term_facts', rate_specs(
        'edu_sub_rate',
        'net_paid_yuan > 0',
        'true',
        state='education_subsidy_state',
        source='education_subsidy_evidence'
    )) }}
)

select * from members
