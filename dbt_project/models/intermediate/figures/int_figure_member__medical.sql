with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

insurances as (
    select * from {{ ref('int_person__insurance') }}
),

kinds as (
    select * from {{ ref('insurance_kind') }}
),

medicals as (
    select * from {{ ref('int_person__medical') }}
),

settlements as (
    select * from {{ ref('int_inpatient_settlement__counted') }}
),

person_facts as (
    select
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        medicals.state,
        medicals.override_id,
        medicals.reason_code,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        persons.batch_id,
        persons.source_sheet,
        {{ proving('medicals', 'persons', 'batch_id') }},
        {{ proving('medicals', 'persons', 'sheet') }},
        persons.source_row,
        {{ proving('medicals', 'persons', 'row') }}
    from persons
    inner join medicals
        on persons.register_person_no = medicals.register_person_no
    left join located
        on persons.household_id = located.household_id
),

-- A person on both rolls counts in both.
insured_facts as (
    select
        person_facts.member_key,
        person_facts.household_id,
        person_facts.person_key,
        kinds.figure_id as insurance_figure_id,
        person_facts.town_code,
        person_facts.town_name,
        person_facts.village_code,
        person_facts.village_name,
        insurances.batch_id,
        insurances.source_sheet,
        insurances.source_row
    from person_facts
    inner join insurances
        on person_facts.person_key = insurances.person_key
    inner join kinds
        on insurances.insurance_kind = kinds.insurance_kind
    where insurances.counts_as = 'MET'
),

first_place as (
    select *
    from person_facts
    qualify
        row_number() over (
            partition by person_key
            order by member_key asc nulls last
        ) = 1
),

settlement_facts as (
    select
        settlements.settlement_no as member_key,
        first_place.household_id,
        first_place.person_key,
        first_place.town_code,
        first_place.town_name,
        first_place.village_code,
        first_place.village_name,
        settlements.batch_id,
        settlements.source_sheet,
        settlements.source_row,
        settlements.is_relieved
    from settlements
    inner join first_place
        on settlements.person_key = first_place.person_key
),

members as (
    {{ figure_members('person_facts', rate_specs(
        'ins_rate',
        "state = 'MET'",
        "state <> 'NOT_APPLICABLE'",
        state='state',
        source='evidence'
    )) }}
    union all
    {{ figure_members('insured_facts', [
        {'figure': 'insurance_figure_id', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('settlement_facts', [
        {'figure_id': 'inpatient_times', 'where': 'true'},
    ] + rate_specs('inpatient_relief_rate', 'is_relieved', 'true')) }}
)

select * from members
