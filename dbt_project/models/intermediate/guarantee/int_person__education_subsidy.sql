-- 生活费补助 of the term in which as_of lies.
with

staged as (
    select * from {{ ref('int_person__school_stage') }}
),

paid as (
    select * from {{ ref('int_education_subsidy__of_term') }}
),

delivered as (
    select * from {{ ref('int_school_stage__paid') }}
),

held_people as (
    select * from {{ ref('int_held_row__person') }}
),

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

standards as (
    select * from {{ ref('subsidy_standard') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

-- A row of the school roll that may be theirs would say the stage they are at.
held_pupils as (
    select
        register_person_no,
        bool_or(is_by_number) as is_by_number
    from held_people
    where feed = 'school_enrolment'
    group by register_person_no
),

-- The policy of the term, not what the department's sheet calls its standard.
of_term as (
    select
        standards.stage,
        standards.amount_yuan,
        standards.verified
    from standards
    inner join basis
        on
            standards.term = basis.term
            and basis.term_starts_on
            between standards.valid_from and standards.valid_to
),

reasoned as (
    select
        staged.register_person_no,
        staged.person_key,
        staged.household_id,
        staged.stage,
        case
            when staged.stage is null and staged.is_stage_held
                then 'HELD_CELL_DECIDES'
            when
                staged.stage is null
                and (staged.is_pupil_registered or held_pupils.is_by_number)
                and held_pupils.register_person_no is not null
                then 'HELD_ROW_MAY_BE_PERSON'
            when not coalesce(stages.is_subsidy_stage, false)
                then 'NOT_SUBSIDY_STAGE'
            when staged.id_number is null then 'ID_UNUSABLE'
            when paid.has_kind_held then 'HELD_CELL_DECIDES'
            when paid.net_paid_yuan > 0 and of_term.stage is null
                then 'SUBSIDY_STANDARD_UNKNOWN'
            when
                paid.net_paid_yuan > 0
                and paid.net_paid_yuan = of_term.amount_yuan
                then 'SUBSIDY_PAID'
            when paid.net_paid_yuan > 0 then 'SUBSIDY_AMOUNT_DIFFERS'
            when delivered.stage is null then 'SUBSIDY_FEED_MISSING'
            when paid.person_key is not null then 'SUBSIDY_RETURNED'
            else 'SUBSIDY_NOT_PAID'
        end as reason_code,
        paid.batch_id as payment_batch_id,
        paid.source_sheet as payment_sheet,
        coalesce(paid.net_paid_yuan, 0) as net_paid_yuan,
        of_term.amount_yuan as standard_yuan,
        paid.source_row as payment_row,
        of_term.verified as is_standard_verified
    from staged
    left join stages
        on staged.stage = stages.stage
    left join of_term
        on staged.stage = of_term.stage
    left join paid
        on staged.person_key = paid.person_key
    left join held_pupils
        on staged.register_person_no = held_pupils.register_person_no
    left join delivered
        on staged.stage = delivered.stage
),

{{ judged_by_reason(
    'reasoned',
    [
        'register_person_no',
        'person_key',
        'household_id',
        'stage',
        'net_paid_yuan',
        'standard_yuan',
        'is_standard_verified',
    ],
    evidence=['payment'],
    guarantee='education_subsidy'
) }}

select * from judged
