with

held_person as (
    select * from {{ source('lake', 'held_person') }}
)

select * from held_person
