-- The parts that good files of a feed have ever had, and whether it comes in
-- parts: some file brought a few of them alone. Where only one part is known,
-- others may yet come.
with

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where
        is_known
        and withdrawn_at is null
        and delivery_state not in ('REFUSED', 'DUPLICATE')
),

named_parts as (
    select * from {{ ref('int_delivery__named_part') }}
),

brought as (
    select
        deliveries.feed,
        deliveries.batch_id,
        named_parts.part,
        deliveries.corrects_batch_id is null as is_file_of_its_own,
        count(*) over (partition by deliveries.batch_id) as part_count
    from deliveries
    inner join named_parts
        on deliveries.batch_id = named_parts.batch_id
),

final as (
    select
        feed,
        part,
        min(part_count) over (partition by feed)
        < greatest(count(*) over (partition by feed), 2) as is_of_cut_feed
    from (
        select
            feed,
            part,
            min(case when is_file_of_its_own then part_count end) as part_count
        from brought
        group by feed, part
    ) as usual_parts
)

select * from final
