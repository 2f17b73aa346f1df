-- What somebody who uses a feed's data at as_of has to know about them.
with

arrivals as (
    select * from {{ ref('int_feed__arrival') }}
),

periods as (
    select
        *,
        {{ chinese_day('newest_on') }} as newest_text,
        {{ chinese_day('refused_for_on') }} as refused_text,
        {{ chinese_day('due_on') }} as due_text
    from arrivals
),

contents as (
    select * from {{ ref('int_feed__content_caveat') }}
),

caveats as (
    select
        feed,
        1 as caveat_rank,
        'NEVER_RECEIVED' as caveat_code,
        '《' || feed_title || '》从未收到' as caveat
    from periods
    where newest_on is null and arrival_state <> 'NIL'
    union all
    select
        feed,
        2 as caveat_rank,
        'NEWEST_REFUSED' as caveat_code,
        '《' || feed_title || '》' || coalesce(refused_text || '的', '')
        || case
            when refused_for_on < newest_on then '文件被退回，没有计入'
            else '新文件被退回，仍用' || newest_text || '的数据'
        end as caveat
    from periods
    where is_newest_refused and newest_on is not null
    union all
    select
        feed,
        3 as caveat_rank,
        'NOT_ARRIVED' as caveat_code,
        '《' || feed_title || '》应于' || due_text
        || '前报送的一期未到，仍用' || newest_text || '的数据' as caveat
    from periods
    where
        not is_newest_refused
        and arrival_state in ('MISSING', 'REFUSED')
        and newest_on is not null
    union all
    select
        feed,
        4 as caveat_rank,
        'STALE' as caveat_code,
        '《' || feed_title || '》最新数据为' || newest_text
        || '，已超过有效期' as caveat
    from periods
    where
        not is_newest_refused
        and arrival_state not in ('MISSING', 'REFUSED')
        and is_stale
        and newest_on is not null
    union all
    select
        feed,
        9 as caveat_rank,
        'PART_MISSING' as caveat_code,
        '《' || feed_title || '》本期还缺 '
        || cast(missing_part_count as string) || ' 个部分'
        || coalesce('：' || missing_parts, '') as caveat
    from periods
    where has_arrived and missing_part_count > 0
    union all
    select
        feed,
        10 as caveat_rank,
        'ROWS_HELD' as caveat_code,
        '《' || feed_title || '》有 ' || cast(rows_still_held as string)
        || ' 行暂扣待改' as caveat
    from periods
    where rows_still_held > 0
    union all
    select * from contents
)

select * from caveats
