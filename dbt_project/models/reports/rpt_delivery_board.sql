{{ config(**partition_config()) }}

with

arrivals as (
    select * from {{ ref('fct_feed_arrival') }}
),

texts as (
    select
        *,
        cast(extract(year from expected_from) as string) as year_text,
        cast(extract(quarter from expected_from) as string) as quarter_text,
        substr(cast(expected_from as string), 1, 7) as month_text
    from arrivals
    where as_of = {{ as_of() }}
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
            when 'term'
                then
                    year_text
                    || case extract(month from expected_from)
                        when 3 then '年春季学期'
                        else '年秋季学期'
                    end
            when 'yearly' then year_text || '年'
        end as expected_period,
        case cadence
            when 'weekly' then month_text
            when 'monthly' then month_text
            when 'quarterly' then year_text || ' Q' || quarter_text
            when 'term'
                then
                    year_text
                    || case extract(month from expected_from)
                        when 3 then ' spring term'
                        else ' autumn term'
                    end
            when 'yearly' then year_text
        end as expected_period_en,
        arrival_state,
        case arrival_state
            when 'ARRIVED' then '已到'
            when 'LATE' then '迟到'
            when 'MISSING' then '未到'
            when 'PARTIAL' then '部分'
            when 'REFUSED' then '被退'
            when 'NIL' then '无数据'
            else '不定期'
        end as arrival_label,
        case arrival_state
            when 'ARRIVED' then 'arrived'
            when 'LATE' then 'late'
            when 'MISSING' then 'missing'
            when 'PARTIAL' then 'in part'
            when 'REFUSED' then 'refused'
            when 'NIL' then 'nil'
            else 'no due date'
        end as arrival_label_en,
        refused_reason,
        refused_reason_en,
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
    from texts
)

select * from final
