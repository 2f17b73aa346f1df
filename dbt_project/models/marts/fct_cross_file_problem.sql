{{ config(**partition_config()) }}

with

problems as (
    select * from {{ ref('int_cross_file__problem') }}
),

checks as (
    select * from {{ ref('int_cross_file__check') }}
),

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

final as (
    select
        problems.batch_id,
        problems.code,
        problems.feed,
        deliveries.feed_title,
        deliveries.department,
        deliveries.department_name,
        deliveries.owner,
        deliveries.file_name,
        {{ without_id_numbers('problems.source_sheet') }} as source_sheet,
        checks.header,
        problems.value_shown as value_masked,
        {{ with_row_words('checks.message', 'problems') }} as message,
        checks.remedy,
        problems.other_feed,
        checks.other_title as other_feed_title,
        coalesce(towns.town_name, problems.town_name) as town_name,
        problems.village_name,
        problems.source_row,
        cast(
            case
                when problems.kind = 'counts_match' then problems.found_count
            end as integer
        ) as found_count,
        problems.speaks_for_on,
        {{ as_of() }} as as_of
    from problems
    inner join checks
        on problems.code = checks.code
    inner join deliveries
        on problems.batch_id = deliveries.batch_id
    left join towns
        on problems.town_name = towns.written_town_name
)

select * from final
