{{ config(**board_config()) }}
-- depends_on: {{ ref('fct_feed_arrival') }}

with

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

followed as (
    select * from {{ ref('int_delivery__followed') }}
),

final as (
    select
        deliveries.batch_id,
        deliveries.corrects_batch_id,
        deliveries.feed,
        deliveries.feed_title,
        deliveries.department,
        deliveries.department_name,
        deliveries.file_name,
        deliveries.container_name,
        deliveries.sha256,
        deliveries.delivery_state,
        deliveries.reason_code,
        deliveries.reason,
        deliveries.remedy,
        deliveries.reason_en,
        deliveries.remedy_en,
        deliveries.withdrawal_reason,
        deliveries.waived_at,
        deliveries.waived_by,
        deliveries.waived_codes,
        deliveries.waiver_reason,
        cast(followed.version as integer) as version,
        deliveries.rows_read,
        deliveries.rows_accepted,
        deliveries.rows_held,
        deliveries.cells_held,
        cast(followed.rows_corrected as integer) as rows_corrected,
        cast(followed.rows_still_held as integer) as rows_still_held,
        deliveries.warning_count,
        deliveries.repair_count,
        deliveries.is_nil,
        followed.is_in_force,
        deliveries.received_at,
        deliveries.withdrawn_at,
        deliveries.as_of
    from deliveries
    inner join followed
        on deliveries.batch_id = followed.batch_id
    {% if is_incremental() -%}
    -- a run of the past knows of files that came since, not how things stand
    where
        {{ is_newest_date(ref('fct_feed_arrival')) }}
        or deliveries.batch_id not in (
            select board.batch_id from {{ this }} as board
        )
    {%- endif %}
)

select * from final
