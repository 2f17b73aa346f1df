-- 生活费补助 of the term in which as_of lies.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

enrolled as (
    select * from {{ ref('int_person__enrolment') }}
),

payments as (
    select * from {{ ref('stg_education_subsidy') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
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

of_term as (
    select payments.*
    from payments
    cross join basis
    where
        payments.subsidy_kind = '生活费'
        and payments.school_year = basis.school_year
        and payments.term = basis.term
        and payments.paid_on <= basis.as_of
),

delivered as (
    select distinct stage from of_term
),

-- The last payment of a person stands as the evidence for their net sum.
paid as (
    select
        linked.person_key,
        of_term.batch_id,
        of_term.source_sheet,
        of_term.source_row,
        of_term.standard_yuan,
        sum(of_term.amount_yuan) over (
            partition by linked.person_key
        ) as net_paid_yuan
    from of_term
    inner join linked
        on
            linked.feed = 'education_subsidy'
            and of_term.batch_id = linked.batch_id
            and of_term.source_sheet = linked.source_sheet
            and of_term.source_row = linked.source_row
    qualify
        row_number() over (
            partition by linked.person_key
            order by
                of_term.paid_on desc nulls last,
                of_term.amount_yuan desc nulls last,
                of_term.batch_id asc nulls last,
                of_term.source_sheet asc nulls last,
                of_term.source_row asc nulls last
        ) = 1
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
        persons.person_name,
        case
            when enrolled.counts_as = 'MET' then enrolled.stage
            when not claimed.has_roll then claimed.stage
            when persons.id_number is null then claimed.stage
        end as stage,
        persons.id_number is null as is_id_unusable
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
        paid.batch_id,
        paid.source_sheet,
        paid.source_row,
        coalesce(paid.net_paid_yuan, 0) as net_paid_yuan,
        case
            when not coalesce(stages.is_subsidy_stage, false)
                then 'NOT_SUBSIDY_STAGE'
            when staged.is_id_unusable then 'ID_UNUSABLE'
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
        end as reason_code
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

judged as (
    select
        register_person_no,
        person_key,
        household_id,
        stage,
        case
            when reason_code = 'NOT_SUBSIDY_STAGE' then 'NOT_APPLICABLE'
            when reason_code = 'SUBSIDY_PAID' then 'MET'
            when
                reason_code in (
                    'ID_UNUSABLE',
                    'SUBSIDY_FEED_MISSING',
                    'HELD_ROW_MAY_BE_PERSON'
                )
                then 'UNKNOWN'
            else 'NOT_MET'
        end as education_subsidy_state,
        reason_code as education_subsidy_reason_code,
        batch_id as education_subsidy_evidence_batch_id,
        source_sheet as education_subsidy_evidence_sheet,
        source_row as education_subsidy_evidence_row,
        net_paid_yuan
    from reasoned
)

select * from judged
