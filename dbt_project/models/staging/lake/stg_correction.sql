with

correction as (
    select * from {{ source('lake', 'correction') }}
)

select * from correction
