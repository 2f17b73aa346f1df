with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

held as (
    select * from {{ ref('int_held_row__candidates') }}
),

allowances as (
    select * from {{ ref('stg_subsistence_allowance') }}
),

supports as (
    select * from {{ ref('stg_destitute_support') }}
),

labour_capacities as (
    select * from {{ ref('labour_capacity') }}
),

student_statuses as (
    select * from {{ ref('student_status') }}
),

-- Under working age or at school counts as unable to work.
members as (
    select
        persons.household_id,
        persons.person_key,
        persons.person_name,
        persons.id_number is null as is_id_unusable,
        case
            when coalesce(student_statuses.is_student, false) then false
            when
                {{ age_on('persons.birth_on', 'basis.as_of') }}
                < basis.labour_age_min
                then false
            else labour_capacities.has_labour
        end as has_labour
    from persons
    cross join basis
    left join student_statuses
        on persons.student_status = student_statuses.student_status
    left join labour_capacities
        on persons.labour_capacity = labour_capacities.labour_capacity
),

payrolls as (
    select
        'subsistence_allowance' as feed,
        allowances.batch_id,
        allowances.source_sheet,
        allowances.town_name,
        allowances.source_row,
        allowances.amount_yuan
    from allowances
    cross join basis
    where allowances.pay_month = basis.pay_month
    union all
    select
        'destitute_support' as feed,
        supports.batch_id,
        supports.source_sheet,
        supports.town_name,
        supports.source_row,
        supports.amount_yuan
    from supports
    cross join basis
    where supports.pay_month = basis.pay_month
),

-- The payroll comes by town: one town's missing part says nothing of others.
delivered as (
    select towns.town_code
    from payrolls
    inner join towns
        on payrolls.town_name = towns.written_town_name
    group by towns.town_code
    having count(distinct payrolls.feed) = 2
),

on_payroll as (
    select
        linked.person_key,
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
    where payrolls.amount_yuan > 0
),

possible as (
    select distinct person_name
    from held
    where feed in ('subsistence_allowance', 'destitute_support')
),

paid as (
    select
        members.household_id,
        on_payroll.feed,
        on_payroll.batch_id,
        on_payroll.source_sheet,
        on_payroll.source_row
    from members
    inner join on_payroll
        on members.person_key = on_payroll.person_key
    qualify
        row_number() over (
            partition by
                members.household_id,
                on_payroll.feed
            order by
                on_payroll.batch_id asc nulls last,
                on_payroll.source_sheet asc nulls last,
                on_payroll.source_row asc nulls last
        ) = 1
),

composed as (
    select
        members.household_id,
        bool_or(coalesce(members.has_labour, false)) as has_labour,
        bool_or(members.has_labour is null) as has_labour_unknown,
        bool_or(members.is_id_unusable) as has_id_unusable,
        bool_or(possible.person_name is not null) as has_possible
    from members
    left join possible
        on members.person_name = possible.person_name
    group by members.household_id
),

reasoned as (
    select
        households.household_id,
        case
            when composed.household_id is null then 'NO_MEMBERS'
            when composed.has_labour then 'HOUSEHOLD_HAS_LABOUR'
            when composed.has_labour_unknown then 'LABOUR_UNKNOWN'
            when subsistence.household_id is not null
                then 'ON_SUBSISTENCE_PAYROLL'
            when destitute.household_id is not null
                then 'ON_DESTITUTE_PAYROLL'
            when composed.has_id_unusable then 'ID_UNUSABLE'
            when delivered.town_code is null then 'PAYROLL_MISSING'
            when composed.has_possible then 'HELD_ROW_MAY_BE_PERSON'
            else 'NOT_ON_PAYROLL'
        end as safety_net_reason_code,
        subsistence.batch_id as subsistence_batch_id,
        subsistence.source_sheet as subsistence_sheet,
        destitute.batch_id as destitute_batch_id,
        destitute.source_sheet as destitute_sheet,
        subsistence.source_row as subsistence_row,
        destitute.source_row as destitute_row,
        coalesce(
            not composed.has_labour and not composed.has_labour_unknown, false
        ) as has_no_labour
    from households
    left join located
        on households.household_id = located.household_id
    left join composed
        on households.household_id = composed.household_id
    left join paid as subsistence
        on
            households.household_id = subsistence.household_id
            and subsistence.feed = 'subsistence_allowance'
    left join paid as destitute
        on
            households.household_id = destitute.household_id
            and destitute.feed = 'destitute_support'
    left join delivered
        on located.town_code = delivered.town_code
),

judged as (
    select
        household_id,
        case
            when
                safety_net_reason_code in (
                    'ON_SUBSISTENCE_PAYROLL', 'ON_DESTITUTE_PAYROLL'
                )
                then 'MET'
            when safety_net_reason_code = 'NOT_ON_PAYROLL' then 'NOT_MET'
            when safety_net_reason_code = 'HOUSEHOLD_HAS_LABOUR'
                then 'NOT_APPLICABLE'
            else 'UNKNOWN'
        end as safety_net_state,
        safety_net_reason_code,
        case safety_net_reason_code
            when 'ON_SUBSISTENCE_PAYROLL' then subsistence_batch_id
            when 'ON_DESTITUTE_PAYROLL' then destitute_batch_id
        end as safety_net_evidence_batch_id,
        case safety_net_reason_code
            when 'ON_SUBSISTENCE_PAYROLL' then subsistence_sheet
            when 'ON_DESTITUTE_PAYROLL' then destitute_sheet
        end as safety_net_evidence_sheet,
        case safety_net_reason_code
            when 'ON_SUBSISTENCE_PAYROLL' then subsistence_row
            when 'ON_DESTITUTE_PAYROLL' then destitute_row
        end as safety_net_evidence_row,
        subsistence_batch_id,
        subsistence_sheet,
        destitute_batch_id,
        destitute_sheet,
        subsistence_row,
        destitute_row,
        has_no_labour
    from reasoned
)

select * from judged
