with

withdrawal as (
    select * from {{ source('lake', 'withdrawal') }}
)

select * from withdrawal
