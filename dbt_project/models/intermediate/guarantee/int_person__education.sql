with

aged as (
    select * from {{ ref('int_person__school_age') }}
),

rolls as (
    select * from {{ ref('int_school_roll__fresh') }}
),

enrolled as (
    select * from {{ ref('int_person__enrolment') }}
),

exempt as (
    select * from {{ ref('int_person__exemption') }}
),

held_people as (
    select * from {{ ref('int_held_row__person') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

-- A row of the roll that may be theirs would put them in scope.
held_pupils as (
    select distinct register_person_no
    from held_people
    where feed = 'school_enrolment' and is_by_number
),

-- A stage whose roll is missing or old can hide a pupil of this age or more.
incomplete as (
    select min(stages.absence_from_age) as from_age
    from stages
    where stages.stage not in (select rolls.stage from rolls)
),

-- Rows that could be anybody of that name: pupils without ID.
possible_name as (
    select distinct person_name
    from rolls
    where id_number is null and birth_on is null
),

possible_birth as (
    select distinct
        person_name,
        birth_on
    from rolls
    where id_number is null and birth_on is not null
),

-- The first rule that holds gives the reason.
reasoned as (
    select
        aged.register_person_no,
        aged.person_key,
        aged.household_id,
        case
            when
                not aged.is_in_scope
                and held_pupils.register_person_no is not null
                then 'HELD_ROW_MAY_BE_PERSON'
            when not aged.is_in_scope and aged.is_grade_held
                then 'HELD_CELL_DECIDES'
            when not aged.is_in_scope and aged.birth_on is null
                then case
                    when aged.is_birth_held then 'HELD_CELL_DECIDES'
                    else 'BIRTH_UNKNOWN'
                end
            when not aged.is_in_scope then 'NOT_SCHOOL_AGE'
            when enrolled.counts_as = 'MET' then enrolled.reason_code
            when exempt.person_key is not null then 'SCHOOLING_EXEMPT'
            when enrolled.counts_as is not null then enrolled.reason_code
            when aged.id_number is null then 'ID_UNUSABLE'
            when aged.school_age >= incomplete.from_age
                then 'SCHOOL_ROLL_NOT_FRESH'
            when possible_name.person_name is not null
                then 'HELD_ROW_MAY_BE_PERSON'
            when possible_birth.person_name is not null
                then 'HELD_ROW_MAY_BE_PERSON'
            else 'NOT_ON_SCHOOL_ROLL'
        end as reason_code,
        enrolled.batch_id as roll_batch_id,
        enrolled.source_sheet as roll_sheet,
        exempt.batch_id as exemption_batch_id,
        exempt.source_sheet as exemption_sheet,
        enrolled.source_row as roll_row,
        exempt.source_row as exemption_row
    from aged
    cross join incomplete
    left join enrolled
        on aged.person_key = enrolled.person_key
    left join held_pupils
        on aged.register_person_no = held_pupils.register_person_no
    left join exempt
        on aged.person_key = exempt.person_key
    left join possible_name
        on aged.person_name = possible_name.person_name
    left join possible_birth
        on
            aged.person_name = possible_birth.person_name
            and aged.birth_on = possible_birth.birth_on
),

{{ judged_by_reason(
    'reasoned',
    ['register_person_no', 'person_key', 'household_id'],
    evidence=['roll', 'exemption'],
    guarantee='education'
) }}

select * from judged
