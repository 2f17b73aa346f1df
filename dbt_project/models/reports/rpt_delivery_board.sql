{{ config(**partition_config()) }}

with

arrivals as (
    select * from {{ ref('fct_feed_arrival') }}
),

terms as (
    select * from {{ ref('school_term') }}
),

texts as (
    select
        arrivals.*,
        terms.season,
        terms.season_en,
        cast(extract(year from arrivals.expected_from) as string) as year_text,
        cast(extract(quarter from arrivals.expected_from) as string)
            as quarter_text,
        substr(cast(arrivals.expected_from as string), 1, 7) as month_text
    from arrivals
    left join terms
        on
            extract(month from arrivals.expected_from) = terms.report_month
            and arrivals.expected_from
            between terms.valid_from and terms.valid_to
    where arrivals.as_of = {{ as_of() }}
),

labelled as (
    select
        *,
        case arrival_state
            when 'MISSING' then '未到'
            when 'REFUSED' then '被退'
            when 'PARTIAL' then '部分'
            when 'LATE' then '迟到'
            when 'NIL' then '无数据'
            when 'ARRIVED' then '已到'
            else '不定期'
        end as arrival_label,
        case arrival_state
            when 'MISSING' then 'missing'
            when 'REFUSED' then 'refused'
            when 'PARTIAL' then 'in part'
            when 'LATE' then 'late'
            when 'NIL' then 'nil'
            when 'ARRIVED' then 'arrived'
            else 'no due date'
        end as arrival_label_en,
        case arrival_state
            when 'MISSING' then 1
            when 'REFUSED' then 2
            when 'PARTIAL' then 3
            when 'LATE' then 4
            when 'NIL' then 5
            when 'ARRIVED' then 6
            else 7
        end as arrival_rank
    from texts
),

final as (
    select
        department,
        department_name,
        feed,
        feed_title,
        owner,
        case cadence
            when 'weekly' then '每周'
            when 'monthly' then '每月'
            when 'quarterly' then '每季'
            when 'term' then '每学期'
            when 'yearly' then '每年'
            else '不定期'
        end as cadence_label,
        case cadence
            when 'weekly' then month_text
            when 'monthly' then month_text
            when 'quarterly' then year_text || '年第' || quarter_text || '季度'
            when 'term' then year_text || '年' || season
            when 'yearly' then year_text || '年'
        end as expected_period,
        case cadence
            when 'weekly' then month_text
            when 'monthly' then month_text
            when 'quarterly' then year_text || ' Q' || quarter_text
            when 'term' then year_text || ' ' || season_en
            when 'yearly' then year_text
        end as expected_period_en,
        arrival_state,
        arrival_label,
        arrival_label_en,
        refused_reason,
        refused_reason_en,
        missing_parts,
        cast(row_number() over (
            order by arrival_rank, department_name, feed
        ) as integer) as board_order,
        version,
        rows_accepted,
        rows_held,
        rows_still_held,
        missing_part_count,
        days_late,
        is_stale,
        due_on,
        received_on,
        newest_on,
        as_of
    from labelled
)

select * from final
