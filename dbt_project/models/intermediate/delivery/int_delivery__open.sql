-- Whether something of a file is still to be corrected: then its marked copy
-- lies in the department's folder. Of what came before nothing is said again.
with

deliveries as (
    select *
    from {{ ref('int_delivery__described') }}
    where is_known and delivery_state <> 'DUPLICATE'
),

refusals as (
    select * from {{ ref('int_refusal__answered') }}
),

followed as (
    select * from {{ ref('int_delivery__followed') }}
),

parts as (
    select * from {{ ref('int_delivery_part__won') }}
),

open_cells as (
    select distinct batch_id
    from {{ ref('int_held_cell__in_copy') }}
    where copy_state = 'CELL_OPEN'
),

of_groups as (
    select
        group_batch_id,
        bool_or(is_winning) as is_winning
    from parts
    group by group_batch_id
),

final as (
    select
        deliveries.batch_id,
        case
            when deliveries.withdrawn_at is not null then false
            when deliveries.delivery_state = 'REFUSED'
                then not refusals.is_answered_since
            -- of a file that was taken whole the warnings
            when deliveries.delivery_state = 'LOADED'
                then coalesce(of_groups.is_winning, true)
            else
                followed.rows_still_held > 0
                or open_cells.batch_id is not null
        end as is_open
    from deliveries
    inner join followed
        on deliveries.batch_id = followed.batch_id
    left join refusals
        on deliveries.batch_id = refusals.batch_id
    left join open_cells
        on deliveries.batch_id = open_cells.batch_id
    left join of_groups
        on
            coalesce(deliveries.corrects_batch_id, deliveries.batch_id)
            = of_groups.group_batch_id
)

select * from final
