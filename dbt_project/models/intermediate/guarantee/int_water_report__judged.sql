-- Each report under the limits of each class of works: the report names the
-- works, the ledger names their class.
with

reports as (
    select * from {{ ref('stg_water_quality_test') }}
),

items as (
    select * from {{ ref('water_item') }}
),

thresholds as (
    select * from {{ ref('threshold') }}
),

works_kinds as (
    select * from {{ ref('works_kind') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

measured as (
    {{ water_measurements('reports') }}
),

compared as (
    select
        measured.report_no,
        measured.item,
        items.reason_code,
        thresholds.class as works_class,
        {{ water_result(
            'measured.value',
            'measured.value_op',
            'thresholds.value',
            'thresholds.op'
        ) }} as result
    from measured
    inner join items
        on measured.item = items.item
    inner join thresholds
        on
            items.threshold_code = thresholds.code
            and measured.sampled_on
            between thresholds.valid_from and thresholds.valid_to
),

summed_up as (
    select
        report_no,
        works_class,
        bool_or(result = 'FAIL') as has_failed,
        bool_or(result = 'OPEN') as has_open,
        bool_or(item = 'arsenic_mg_l') as has_arsenic,
        bool_or(result = 'FAIL' and reason_code = 'ARSENIC_OVER_LIMIT')
            as has_failed_arsenic
    from compared
    group by
        report_no,
        works_class
),

classes as (
    select distinct works_class from works_kinds
),

judged as (
    select
        reports.report_no,
        classes.works_class,
        reports.works_name,
        reports.sampling_point,
        reports.sample_kind,
        reports.batch_id,
        reports.source_sheet,
        reports.source_row,
        case
            when summed_up.has_failed_arsenic then 'ARSENIC_OVER_LIMIT'
            when summed_up.has_failed then 'WATER_ITEM_OVER_LIMIT'
            -- the laboratory's verdict counts, unless it judged by the main
            -- limits what small works may still exceed
            when
                reports.verdict in {{ codes_of('WATER_VERDICT_FAILED') }}
                and not coalesce(by_main_limits.has_failed, false)
                then 'WATER_VERDICT_FAILED'
            -- what was measured there may be beyond its limit
            when
            {% for item in water_items() -%}
                    {{ "or " if not loop.first -}}
                    {{ cell_is_held('reports', item) }}
            {% endfor -%}
                then 'HELD_CELL_DECIDES'
            when summed_up.has_open then 'WATER_RESULT_UNDECIDED'
            when summed_up.report_no is not null then 'WATER_QUALITY_PASSED'
            when reports.verdict in {{ codes_of('WATER_VERDICT_PASSED') }}
                then 'WATER_VERDICT_ONLY'
            else 'WATER_RESULT_UNDECIDED'
        end as reason_code,
        coalesce(summed_up.has_arsenic, false) as has_arsenic,
        reports.sampled_on
    from reports
    cross join classes
    left join summed_up
        on
            reports.report_no = summed_up.report_no
            and classes.works_class = summed_up.works_class
    left join summed_up as by_main_limits
        on
            reports.report_no = by_main_limits.report_no
            and by_main_limits.works_class = 'main'
)

select * from judged
