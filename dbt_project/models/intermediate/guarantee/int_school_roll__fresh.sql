-- The school rolls that are not older than the limit. One table: several rules
-- read it, and the rolls of the county are long.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

enrolments as (
    select * from {{ ref('stg_school_enrolment') }}
),

fresh as (
    select
        enrolments.id_number,
        enrolments.person_name,
        enrolments.stage,
        enrolments.enrolment_status,
        enrolments.batch_id,
        enrolments.source_sheet,
        enrolments.source_row,
        enrolments.birth_on
    from enrolments
    cross join basis
    where
        enrolments.is_latest
        and {{ date_diff_days('enrolments.speaks_for_on', 'basis.as_of') }}
        <= basis.school_roll_days_max
)

select * from fresh
