-- 生活费补助 of the term in which as_of lies.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

enrolled as (
    select * from {{ ref('int_person__enrolment') }}
),

paid as (
    select * from {{ ref('int_education_subsidy__of_term') }}
),

delivered as (
    select * from {{ ref('int_school_stage__paid') }}
),

held as (
    select * from {{ ref('int_held_row__candidates') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

student_statuses as (
    select * from {{ ref('student_status') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

possible as (
    select distinct person_name
    from held
    where feed = 'education_subsidy'
),

-- Stages without a school roll (技工, 大专) are known from the register alone.
staged as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        persons.id_number,
        persons.person_name,
        case
            when enrolled.counts_as = 'MET' then enrolled.stage
            when not claimed.has_roll then claimed.stage
            when persons.id_number is null then claimed.stage
        end as stage
    from persons
    left join enrolled
        on persons.person_key = enrolled.person_key
    left join student_statuses
        on persons.student_status = student_statuses.student_status
    left join stages as claimed
        on student_statuses.stage = claimed.stage
),

reasoned as (
    select
        staged.register_person_no,
        staged.person_key,
        staged.household_id,
        staged.stage,
        case
            when not coalesce(stages.is_subsidy_stage, false)
                then 'NOT_SUBSIDY_STAGE'
            when staged.id_number is null then 'ID_UNUSABLE'
            when
                paid.net_paid_yuan > 0
                and paid.net_paid_yuan
                = coalesce(paid.standard_yuan, paid.net_paid_yuan)
                then 'SUBSIDY_PAID'
            when paid.net_paid_yuan > 0 then 'SUBSIDY_AMOUNT_DIFFERS'
            when delivered.stage is null then 'SUBSIDY_FEED_MISSING'
            when paid.person_key is not null then 'SUBSIDY_RETURNED'
            when possible.person_name is not null
                then 'HELD_ROW_MAY_BE_PERSON'
            else 'SUBSIDY_NOT_PAID'
        end as reason_code,
        paid.batch_id as payment_batch_id,
        paid.source_sheet as payment_sheet,
        coalesce(paid.net_paid_yuan, 0) as net_paid_yuan,
        paid.source_row as payment_row
    from staged
    left join stages
        on staged.stage = stages.stage
    left join paid
        on staged.person_key = paid.person_key
    left join delivered
        on staged.stage = delivered.stage
    left join possible
        on staged.person_name = possible.person_name
),

{{ judged_by_reason(
    'reasoned',
    [
        'register_person_no',
        'person_key',
        'household_id',
        'stage',
        'net_paid_yuan',
    ],
    evidence=['payment'],
    guarantee='education_subsidy'
) }}

select * from judged
