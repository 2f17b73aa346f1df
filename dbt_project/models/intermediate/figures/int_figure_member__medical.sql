{{ config(materialized='view') }}
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

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
    select * from {{ ref('stg_inpatient_settlement') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

person_facts as (
    select
        persons.register_person_no as member_key,
        persons.household_id,
        persons.person_key,
        medicals.medical_state,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        persons.batch_id,
        persons.source_sheet,
        medicals.medical_evidence_batch_id,
        medicals.medical_evidence_sheet,
        persons.source_row,
        medicals.medical_evidence_row
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

-- A reversal repeats its bill with the sign turned, under a number of its
-- own: the n-th reversal takes out the n-th bill of the same stay and sum.
paired as (
    select
        linked.person_key,
        settlements.*,
        coalesce(settlements.is_reversal, false)
        or settlements.total_yuan < 0 as is_reversal_row,
        row_number() over (
            partition by
                linked.person_key,
                settlements.hospital_name,
                settlements.admitted_on,
                settlements.discharged_on,
                abs(settlements.total_yuan),
                coalesce(settlements.is_reversal, false)
                or settlements.total_yuan < 0
            order by
                settlements.settled_on asc nulls last,
                settlements.settlement_no asc nulls last
        ) as place,
        sum(case
            when
                coalesce(settlements.is_reversal, false)
                or settlements.total_yuan < 0
                then 1
            else 0
        end) over (
            partition by
                linked.person_key,
                settlements.hospital_name,
                settlements.admitted_on,
                settlements.discharged_on,
                abs(settlements.total_yuan)
        ) as reversal_count
    from settlements
    cross join basis
    inner join linked
        on
            linked.feed = 'inpatient_settlement'
            and settlements.batch_id = linked.batch_id
            and settlements.source_sheet = linked.source_sheet
            and settlements.source_row = linked.source_row
    where settlements.settled_on <= basis.as_of
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
        paired.settlement_no as member_key,
        first_place.household_id,
        first_place.person_key,
        first_place.town_code,
        first_place.town_name,
        first_place.village_code,
        first_place.village_name,
        paired.batch_id,
        paired.source_sheet,
        paired.source_row
    from paired
    cross join basis
    inner join first_place
        on paired.person_key = first_place.person_key
    where
        not paired.is_reversal_row
        and paired.place > paired.reversal_count
        and paired.care_place = '县内'
        and paired.settled_on >= basis.year_starts_on
),

members as (
    {{ figure_members('person_facts', rate_specs(
        'ins_rate',
        "medical_state = 'MET'",
        'true',
        state='medical_state',
        source='medical_evidence'
    )) }}
    union all
    {{ figure_members('insured_facts', [
        {
            'figure_id': 'ins_resident_pp',
            'where': "insurance_figure_id = 'ins_resident_pp'",
        },
        {
            'figure_id': 'ins_employee_pp',
            'where': "insurance_figure_id = 'ins_employee_pp'",
        },
    ]) }}
    union all
    {{ figure_members('settlement_facts', [
        {'figure_id': 'inpatient_times', 'where': 'true'},
    ]) }}
)

select * from members
