-- What a figure is said to rest on covers the files that its members come from.
with

members as (
    select distinct
        figure_id,
        source_batch_id
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

deliveries as (
    select * from {{ ref('fct_delivery') }}
),

figure_feeds as (
    select * from {{ ref('figure_feed') }}
)

select
    members.figure_id,
    deliveries.feed
from members
inner join deliveries
    on members.source_batch_id = deliveries.batch_id
left join figure_feeds
    on
        members.figure_id = figure_feeds.figure_id
        and deliveries.feed = figure_feeds.feed
where figure_feeds.feed is null
