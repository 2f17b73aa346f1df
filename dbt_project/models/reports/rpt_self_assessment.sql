{{ config(**partition_config()) }}
with

figures as (
    select * from {{ ref('figure') }}
),

-- What a county's own report printed, for the date that it speaks of.
reported as (
    select
        figure_id,
        max(reported_value) as reported_value,
        max(report_phrase) as report_phrase
    from {{ ref('reported_value') }}
    where as_of = {{ as_of() }}
    group by figure_id
),

counted as (
    select *
    from {{ ref('fct_figure') }}
    where
        as_of = {{ as_of() }}
        and area_level = 'county'
),

arrivals as (
    select *
    from {{ ref('fct_feed_arrival') }}
    where as_of = {{ as_of() }}
),

checked as (
    select
        figures.figure_id,
        figures.label,
        figures.section,
        reported.report_phrase,
        figures.unit,
        figures.digits,
        figures.sort_order,
        reported.reported_value,
        counted.value,
        counted.count_state,
        counted.caveat_code,
        counted.caveat,
        counted.numerator,
        counted.denominator,
        counted.met_count,
        counted.not_met_count,
        counted.unknown_count,
        counted.exempt_count,
        case
            -- nothing received is not nought
            when figures.feed is not null and arrivals.newest_on is null
                then '没有收到所依据的数据，不能印出。'
            when
                figures.measure = 'rate'
                and counted.value is null
                and counted.denominator is null
                then '范围内没有对象，比率无从计算。'
            when
                counted.unknown_count > 0
                and counted.unknown_count = counted.denominator
                then '全部对象情况不明，不能印出。'
            when counted.count_state = 'NOT_COUNTABLE'
                then '算不出：' || coalesce(counted.caveat, '没有对象。')
            when
                figures.measure = 'rate'
                and counted.value >= 100
                and counted.unknown_count > 0
                then
                    '有 '
                    || cast(counted.unknown_count as string)
                    || ' 个对象情况不明，不能印为 100%。'
        end as blocked_reason
    from figures
    inner join counted
        on figures.figure_id = counted.figure_id
    left join arrivals
        on figures.feed = arrivals.feed
    left join reported
        on figures.figure_id = reported.figure_id
    where
        figures.section is not null
        and {{ as_of() }} between figures.valid_from and figures.valid_to
),

final as (
    select
        figure_id,
        label,
        section,
        report_phrase,
        value,
        unit,
        case
            when blocked_reason is null and unit = '%' and value = 100
                then '100%'
            when blocked_reason is null
                then {{ printed_number('value', 'digits', 'unit') }} || unit
        end as printed,
        blocked_reason,
        count_state,
        caveat_code,
        caveat,
        cast(reported_value as decimal(18, 4)) as report_value,
        numerator,
        denominator,
        met_count,
        not_met_count,
        unknown_count,
        exempt_count,
        cast(sort_order as integer) as sort_order,
        value = cast(reported_value as decimal(18, 4)) as is_equal,
        {{ as_of() }} as as_of
    from checked
)

select * from final
