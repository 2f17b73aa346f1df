{{ config(materialized='view') }}
-- Which payroll of the month pays a member of the household, by which row.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

payrolls as (
    select * from {{ ref('int_payroll__of_month') }}
),

paid as (
    select
        persons.household_id,
        payrolls.feed,
        payrolls.batch_id,
        payrolls.source_sheet,
        payrolls.source_row
    from payrolls
    inner join linked
        on
            payrolls.feed = linked.feed
            and payrolls.batch_id = linked.batch_id
            and payrolls.source_sheet = linked.source_sheet
            and payrolls.source_row = linked.source_row
    inner join persons
        on linked.person_key = persons.person_key
    where payrolls.amount_yuan > 0
    qualify
        row_number() over (
            partition by
                persons.household_id,
                payrolls.feed
            order by
                payrolls.batch_id asc nulls last,
                payrolls.source_sheet asc nulls last,
                payrolls.source_row asc nulls last
        ) = 1
),

members as (
    select
        persons.household_id,
        bool_or(persons.id_number is null) as has_id_unusable
    from persons
    group by persons.household_id
),

described as (
    select
        members.household_id,
        subsistence.batch_id as subsistence_batch_id,
        subsistence.source_sheet as subsistence_sheet,
        destitute.batch_id as destitute_batch_id,
        destitute.source_sheet as destitute_sheet,
        subsistence.source_row as subsistence_row,
        destitute.source_row as destitute_row,
        members.has_id_unusable
    from members
    left join paid as subsistence
        on
            members.household_id = subsistence.household_id
            and subsistence.feed = 'subsistence_allowance'
    left join paid as destitute
        on
            members.household_id = destitute.household_id
            and destitute.feed = 'destitute_support'
)

select * from described
