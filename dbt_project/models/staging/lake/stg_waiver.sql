with

waiver as (
    select * from {{ source('lake', 'waiver') }}
)

select * from waiver
