with

households as (
    select * from {{ ref('int_register_household__current') }}
),

persons as (
    select * from {{ ref('int_person__medical') }}
),

{{ roll_up_to_household('medical', 'NO_MEMBERS') }}

select * from rolled_up
