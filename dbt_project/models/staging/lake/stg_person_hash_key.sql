with

person_hash_key as (
    select * from {{ source('lake', 'person_hash_key') }}
)

select * from person_hash_key
