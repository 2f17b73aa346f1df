with

feed_contract as (
    select * from {{ source('lake', 'feed_contract') }}
)

select * from feed_contract
