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

figures as (
    select * from {{ ref('figure') }}
)

select
    members.figure_id,
    deliveries.feed
from members
inner join deliveries
    on members.source_batch_id = deliveries.batch_id
inner join figures
    on members.figure_id = figures.figure_id
where not {{ rests_on('figures', 'deliveries.feed') }}
