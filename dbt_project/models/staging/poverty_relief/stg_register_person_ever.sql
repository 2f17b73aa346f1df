-- Also from files that later ones of the same date replaced.
with

rows_of_feed as (
    select * from {{ source('lake', 'register_person') }}
),

{{ delivered_parts(['register_person']) }},

numbered as (
    select distinct
        rows_of_feed.register_person_no,
        rows_of_feed.id_number,
        rows_of_feed.person_name
    from rows_of_feed
    inner join delivered_part
        on
            rows_of_feed._batch_id = delivered_part.batch_id
            and rows_of_feed._period = delivered_part.period
            and rows_of_feed._part = delivered_part.part
            and rows_of_feed._speaks_for_on = delivered_part.speaks_for_on
    where rows_of_feed.id_number is not null
)

select * from numbered
