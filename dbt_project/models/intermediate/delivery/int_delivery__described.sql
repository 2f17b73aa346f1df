with

deliveries as (
    select * from {{ ref('stg_delivery') }}
),

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

departments as (
    select distinct
        department,
        department_name
    from contracts
),

described as (
    select
        deliveries.batch_id,
        deliveries.feed,
        contracts.title as feed_title,
        deliveries.department,
        departments.department_name,
        deliveries.file_name,
        deliveries.container_name,
        deliveries.sha256,
        deliveries.delivery_state,
        deliveries.reason_code,
        deliveries.reason,
        deliveries.rows_read,
        deliveries.rows_accepted,
        deliveries.rows_held,
        deliveries.warning_count,
        deliveries.repair_count,
        deliveries.received_at,
        deliveries.as_of
    from deliveries
    left join contracts
        on deliveries.feed = contracts.feed
    left join departments
        on deliveries.department = departments.department
)

select * from described
