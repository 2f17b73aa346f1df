with

override_lift as (
    select * from {{ source('lake', 'override_lift') }}
)

select * from override_lift
