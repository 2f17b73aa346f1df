{{ config(**partition_config()) }}

with

arrivals as (
    select * from {{ ref('int_feed__arrival') }}
),

final as (
    select
        feed,
        feed_title,
        department,
        department_name,
        owner,
        cadence,
        arrival_state,
        refused_reason,
        refused_reason_en,
        missing_parts,
        version,
        cast(rows_accepted as bigint) as rows_accepted,
        cast(rows_held as bigint) as rows_held,
        cast(rows_still_held as bigint) as rows_still_held,
        cast(missing_part_count as integer) as missing_part_count,
        cast(days_late as integer) as days_late,
        is_stale,
        expected_from,
        due_on,
        received_on,
        refused_on,
        refused_for_on,
        newest_on,
        as_of
    from arrivals
)

select * from final
