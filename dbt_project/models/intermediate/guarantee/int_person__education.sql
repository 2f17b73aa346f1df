with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

enrolled as (
    select * from {{ ref('int_person__enrolment') }}
),

enrolments as (
    select * from {{ ref('stg_school_enrolment') }}
),

exemptions as (
    select * from {{ ref('stg_schooling_exemption') }}
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

fresh_enrolments as (
    select enrolments.*
    from enrolments
    cross join basis
    where
        enrolments.is_latest
        and {{ date_diff_days('enrolments.speaks_for_on', 'basis.as_of') }}
        <= basis.school_roll_days_max
),

-- A stage whose roll is missing or old can hide a pupil of this age or more.
incomplete as (
    select min(stages.absence_from_age) as from_age
    from stages
    where
        stages.stage not in (
            select fresh_enrolments.stage from fresh_enrolments
        )
),

-- Rows that could be anybody of that name: held ones, and pupils without ID.
possible_name as (
    select person_name
    from held
    where feed = 'school_enrolment'
    union
    select person_name
    from fresh_enrolments
    where id_number is null and birth_on is null
),

possible_birth as (
    select distinct
        person_name,
        birth_on
    from fresh_enrolments
    where id_number is null and birth_on is not null
),

-- The register's birth date, or the one in the ID number.
aged as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        persons.id_number,
        persons.person_name,
        persons.student_status,
        coalesce(
            persons.birth_on,
            {{ parse_date('substr(persons.id_number, 7, 8)', '%Y%m%d') }}
        ) as birth_on
    from persons
),

exempt as (
    select
        linked.person_key,
        exemptions.batch_id,
        exemptions.source_sheet,
        exemptions.source_row
    from exemptions
    cross join basis
    inner join linked
        on
            linked.feed = 'schooling_exemption'
            and exemptions.batch_id = linked.batch_id
            and exemptions.source_sheet = linked.source_sheet
            and exemptions.source_row = linked.source_row
    where
        exemptions.is_latest
        and exemptions.starts_on <= basis.as_of
        and (
            exemptions.ends_on is null or exemptions.ends_on >= basis.as_of
        )
    qualify
        row_number() over (
            partition by linked.person_key
            order by
                exemptions.starts_on desc nulls last,
                exemptions.approval_no asc nulls last
        ) = 1
),

described as (
    select
        aged.register_person_no,
        aged.person_key,
        aged.household_id,
        enrolled.counts_as,
        enrolled.reason_code,
        enrolled.batch_id as roll_batch_id,
        enrolled.source_sheet as roll_sheet,
        exempt.batch_id as exempt_batch_id,
        exempt.source_sheet as exempt_sheet,
        enrolled.source_row as roll_row,
        exempt.source_row as exempt_row,
        aged.id_number is null as is_id_unusable,
        aged.birth_on is null as is_birth_unknown,
        exempt.person_key is not null as is_exempt,
        {{ age_on('aged.birth_on', 'basis.education_age_on') }}
        >= incomplete.from_age as is_roll_incomplete,
        possible_name.person_name is not null
        or possible_birth.person_name is not null as is_possible,
        coalesce(
            {{ age_on('aged.birth_on', 'basis.education_age_on') }}
            between basis.education_age_min and basis.education_age_max,
            false
        )
        or coalesce(enrolled.is_compulsory_enrolled, false)
        -- a register of the last school year says nothing of this year's grade
        or coalesce(student_statuses.is_compulsory_grade, false)
        and coalesce(households.speaks_for_on, basis.as_of)
        > basis.education_age_on as is_in_scope
    from aged
    cross join basis
    cross join incomplete
    left join households
        on aged.household_id = households.household_id
    left join enrolled
        on aged.person_key = enrolled.person_key
    left join exempt
        on aged.person_key = exempt.person_key
    left join student_statuses
        on aged.student_status = student_statuses.student_status
    left join possible_name
        on aged.person_name = possible_name.person_name
    left join possible_birth
        on
            aged.person_name = possible_birth.person_name
            and aged.birth_on = possible_birth.birth_on
),

-- The first rule that holds gives the reason; the reason has one state.
reasoned as (
    select
        *,
        case
            when not is_in_scope and is_birth_unknown then 'BIRTH_UNKNOWN'
            when not is_in_scope then 'NOT_SCHOOL_AGE'
            when counts_as = 'MET' then reason_code
            when is_exempt then 'SCHOOLING_EXEMPT'
            when counts_as is not null then reason_code
            when is_id_unusable then 'ID_UNUSABLE'
            when is_roll_incomplete then 'SCHOOL_ROLL_NOT_FRESH'
            when is_possible then 'HELD_ROW_MAY_BE_PERSON'
            else 'NOT_ON_SCHOOL_ROLL'
        end as education_reason_code
    from described
),

judged as (
    select
        register_person_no,
        person_key,
        household_id,
        case education_reason_code
            when 'NOT_SCHOOL_AGE' then 'NOT_APPLICABLE'
            when 'SCHOOLING_EXEMPT' then 'EXEMPT'
            when 'BIRTH_UNKNOWN' then 'UNKNOWN'
            when 'ID_UNUSABLE' then 'UNKNOWN'
            when 'SCHOOL_ROLL_NOT_FRESH' then 'UNKNOWN'
            when 'HELD_ROW_MAY_BE_PERSON' then 'UNKNOWN'
            when 'NOT_ON_SCHOOL_ROLL' then 'NOT_MET'
            else counts_as
        end as education_state,
        education_reason_code,
        case
            when education_reason_code = 'SCHOOLING_EXEMPT' then exempt_batch_id
            when education_reason_code = reason_code then roll_batch_id
        end as education_evidence_batch_id,
        case
            when education_reason_code = 'SCHOOLING_EXEMPT' then exempt_sheet
            when education_reason_code = reason_code then roll_sheet
        end as education_evidence_sheet,
        case
            when education_reason_code = 'SCHOOLING_EXEMPT' then exempt_row
            when education_reason_code = reason_code then roll_row
        end as education_evidence_row
    from reasoned
)

select * from judged
