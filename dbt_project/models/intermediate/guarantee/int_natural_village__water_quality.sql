with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

natural_villages as (
    select * from {{ ref('int_natural_village') }}
),

reports as (
    select * from {{ ref('int_water_report__judged') }}
),

works_kinds as (
    select * from {{ ref('works_kind') }}
),

-- The newest report of every sampling point, none older than the limit.
current_reports as (
    select reports.*
    from reports
    cross join basis
    where
        reports.sampled_on <= basis.as_of
        and {{ date_diff_days('reports.sampled_on', 'basis.as_of') }}
        <= basis.water_test_days_max
    qualify
        row_number() over (
            partition by
                reports.works_name,
                reports.works_class,
                reports.sampling_point,
                reports.sample_kind
            order by
                reports.sampled_on desc nulls last,
                reports.batch_id asc nulls last,
                reports.source_sheet asc nulls last,
                reports.source_row asc nulls last
        ) = 1
),

supplied as (
    select
        natural_villages.natural_village_id,
        natural_villages.works_name,
        works_kinds.works_class,
        natural_villages.is_arsenic_town
    from natural_villages
    left join works_kinds
        on natural_villages.works_kind = works_kinds.works_kind
),

reported as (
    select
        supplied.natural_village_id,
        current_reports.reason_code,
        current_reports.batch_id,
        current_reports.source_sheet,
        current_reports.source_row,
        case
            when
                current_reports.reason_code in (
                    'ARSENIC_OVER_LIMIT',
                    'WATER_ITEM_OVER_LIMIT',
                    'WATER_VERDICT_FAILED'
                )
                then 'NOT_MET'
            when current_reports.reason_code = 'WATER_RESULT_UNDECIDED'
                then 'UNKNOWN'
            else 'MET'
        end as quality_state,
        bool_or(current_reports.has_arsenic) over (
            partition by supplied.natural_village_id
        ) as has_arsenic,
        bool_or(current_reports.sample_kind = '末梢水') over (
            partition by supplied.natural_village_id
        ) as has_tap_sample,
        supplied.is_arsenic_town,
        current_reports.sampled_on
    from supplied
    inner join current_reports
        on
            supplied.works_name = current_reports.works_name
            -- works of unknown kind must keep the stricter limits
            and coalesce(supplied.works_class, 'main')
            = current_reports.works_class
),

deciding as (
    select *
    from reported
    qualify
        row_number() over (
            partition by natural_village_id
            order by
                {{ state_rank('quality_state') }} asc nulls last,
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
        supplied.natural_village_id,
        case
            when supplied.works_name is null then 'WATER_NO_WORKS'
            when deciding.natural_village_id is null
                then 'WATER_TEST_NOT_FRESH'
            when deciding.quality_state <> 'MET' then deciding.reason_code
            when deciding.is_arsenic_town and not deciding.has_arsenic
                then 'ARSENIC_NOT_MEASURED'
            when deciding.reason_code = 'WATER_VERDICT_ONLY'
                then deciding.reason_code
            when not deciding.has_tap_sample then 'WATER_TESTED_AT_PLANT_ONLY'
            else deciding.reason_code
        end as quality_reason_code,
        deciding.batch_id,
        deciding.source_sheet,
        deciding.quality_state,
        deciding.source_row
    from supplied
    left join deciding
        on supplied.natural_village_id = deciding.natural_village_id
),

judged as (
    select
        natural_village_id,
        case
            when
                quality_reason_code in (
                    'WATER_NO_WORKS',
                    'WATER_TEST_NOT_FRESH',
                    'ARSENIC_NOT_MEASURED'
                )
                then 'UNKNOWN'
            else quality_state
        end as quality_state,
        quality_reason_code,
        batch_id as quality_evidence_batch_id,
        source_sheet as quality_evidence_sheet,
        source_row as quality_evidence_row
    from reasoned
)

select * from judged
