with

persons as (
    select * from {{ ref('int_register_person__history') }}
),

current_persons as (
    select
        person_key,
        household_id,
        register_person_no,
        register_household_no,
        id_number,
        person_name,
        sex,
        relation_code,
        schooling_level,
        student_status,
        health_status,
        labour_capacity,
        not_in_school_reason,
        link_method,
        batch_id,
        source_sheet,
        held_cells,
        source_row,
        birth_on
    from persons
    where is_latest
)

select * from current_persons
