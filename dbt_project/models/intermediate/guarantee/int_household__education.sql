with

households as (
    select * from {{ ref('int_register_household__current') }}
),

persons as (
    select * from {{ ref('int_person__education') }}
),

{{ roll_up_to_household('education', 'NO_SCHOOL_AGE_MEMBER') }}

select * from rolled_up
