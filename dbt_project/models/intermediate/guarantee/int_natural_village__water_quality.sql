with

natural_villages as (
    select * from {{ ref('int_natural_village') }}
),

reported as (
    select * from {{ ref('int_natural_village__water_report') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

-- The worst report decides, whatever else was measured.
deciding as (
    select
        natural_village_id,
        state,
        reason_code,
        batch_id,
        source_sheet,
        source_row,
        bool_or(has_arsenic) over (
            partition by natural_village_id
        ) as has_arsenic,
        bool_or(is_tap_sample) over (
            partition by natural_village_id
        ) as has_tap_sample
    from reported
    qualify
        row_number() over (
            partition by natural_village_id
            order by
                {{ state_rank('state') }} asc nulls last,
                case
                    when reason_code = 'WATER_QUALITY_PASSED' then 1
                    else 2
                end asc nulls last,
                sampled_on desc nulls last,
                batch_id asc nulls last,
                source_sheet asc nulls last,
                source_row asc nulls last
        ) = 1
),

reasoned as (
    select
        natural_villages.natural_village_id,
        case
            when {{ cell_is_held('natural_villages', 'works_name') }}
                then 'HELD_CELL_DECIDES'
            when natural_villages.works_name is null then 'WATER_NO_WORKS'
            when deciding.natural_village_id is null
                then 'WATER_TEST_NOT_FRESH'
            when deciding.state <> 'MET' then deciding.reason_code
            when natural_villages.is_arsenic_town and not deciding.has_arsenic
                then 'ARSENIC_NOT_MEASURED'
            when deciding.reason_code = 'WATER_VERDICT_ONLY'
                then deciding.reason_code
            when not deciding.has_tap_sample then 'WATER_TESTED_AT_PLANT_ONLY'
            else deciding.reason_code
        end as quality_reason_code,
        deciding.batch_id as quality_batch_id,
        deciding.source_sheet as quality_sheet,
        deciding.source_row as quality_row
    from natural_villages
    left join deciding
        on natural_villages.natural_village_id = deciding.natural_village_id
),

judged as (
    select
        reasoned.natural_village_id,
        reasons.state as quality_state,
        reasoned.quality_reason_code,
        reasoned.quality_batch_id,
        reasoned.quality_sheet,
        reasoned.quality_row
    from reasoned
    left join reasons
        on reasoned.quality_reason_code = reasons.reason_code
)

select * from judged
