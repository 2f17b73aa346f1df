with

delivery as (
    select * from {{ source('lake', 'delivery') }}
)

select * from delivery
