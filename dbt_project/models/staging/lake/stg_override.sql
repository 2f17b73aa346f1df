with

override as (
    select * from {{ source('lake', 'override') }}
)

select * from override
