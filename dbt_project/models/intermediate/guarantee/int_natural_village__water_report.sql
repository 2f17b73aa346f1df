{{ config(materialized='view') }}
-- Of every sampling point of the works that supply a natural village the
-- newest report, none older than the limit.
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

rule_codes as (
    select * from {{ ref('rule_code') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

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
        -- works of unknown kind must keep the stricter limits
        coalesce(works_kinds.works_class, 'main') as works_class
    from natural_villages
    left join works_kinds
        on natural_villages.works_kind = works_kinds.works_kind
),

reported as (
    select
        supplied.natural_village_id,
        reasons.state,
        current_reports.reason_code,
        current_reports.batch_id,
        current_reports.source_sheet,
        current_reports.source_row,
        current_reports.has_arsenic,
        {{ is_one_of('current_reports.sample_kind', 'TAP_SAMPLE') }}
            as is_tap_sample,
        current_reports.sampled_on
    from supplied
    inner join current_reports
        on
            supplied.works_name = current_reports.works_name
            and supplied.works_class = current_reports.works_class
    left join reasons
        on current_reports.reason_code = reasons.reason_code
)

select * from reported
