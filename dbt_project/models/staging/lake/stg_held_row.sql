with

held_row as (
    select * from {{ source('lake', 'held_row') }}
)

select * from held_row
