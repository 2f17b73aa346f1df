with

delivery_part as (
    select * from {{ source('lake', 'delivery_part') }}
)

select * from delivery_part
