{{ config(materialized='table') }}

with

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

final as (
    select
        batch_id,
        feed,
        feed_title,
        department,
        department_name,
        file_name,
        container_name,
        sha256,
        delivery_state,
        reason_code,
        reason,
        rows_read,
        rows_accepted,
        rows_held,
        warning_count,
        repair_count,
        received_at,
        as_of
    from deliveries
)

select * from final
