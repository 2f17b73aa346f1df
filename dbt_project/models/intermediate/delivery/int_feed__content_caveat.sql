-- What is amiss with what stands in the data of a feed that is in use at as_of.
with

gaps as (
    select * from {{ ref('int_feed__gap') }}
),

titles as (
    select
        feed,
        title
    from {{ ref('stg_feed_contract') }}
),

columns_of_gap as (
    select
        gaps.feed,
        gaps.gap_code,
        max(titles.title) as title,
        {{ join_texts("'“' || column_label || '”'", 'place', '') }} as headers,
        sum(gaps.cell_count) as cell_count
    from gaps
    inner join titles
        on gaps.feed = titles.feed
    group by gaps.feed, gaps.gap_code
),

unmatched as (
    select
        problems.feed,
        max(titles.title) as title,
        count(*) as row_count
    from {{ ref('int_cross_file__problem') }} as problems
    inner join titles
        on problems.feed = titles.feed
    where problems.kind in ('exists_in', 'known_place')
    group by problems.feed
),

missing_periods as (
    select
        gaps.feed,
        max(titles.title) as title,
        count(*) as missing_count,
        {{ join_texts(
            "trim(gaps.period || ' ' || gaps.part)", 'gaps.period, gaps.part'
        ) }} as missing
    from {{ ref('int_feed__period_gap') }} as gaps
    inner join titles
        on gaps.feed = titles.feed
    group by gaps.feed
),

caveats as (
    select
        feed,
        {{ rank_of_gap('gap_code') }} as caveat_rank,
        gap_code as caveat_code,
        '《' || title || '》'
        || case gap_code
            when 'COLUMN_ABSENT' then '没有' || headers || '栏'
            when 'COLUMN_BLANK' then headers || '一栏全是空白'
            when 'CELLS_NOT_TAKEN'
                then
                    headers || '有 ' || cast(cell_count as string)
                    || ' 格认不出，没有采用'
            else '的' || headers || '没有一个对得上建档立卡人口'
        end as caveat
    from columns_of_gap
    union all
    select
        feed,
        9 as caveat_rank,
        'PERIOD_MISSING' as caveat_code,
        '《' || title || '》本年没有收到 ' || cast(missing_count as string)
        || ' 项：' || missing as caveat
    from missing_periods
    union all
    select
        feed,
        11 as caveat_rank,
        'NOT_MATCHED' as caveat_code,
        '《' || title || '》有 ' || cast(row_count as string)
        || ' 行与别的表对不上' as caveat
    from unmatched
    union all
    select
        feed,
        12 as caveat_rank,
        'HISTORY_BEGINS' as caveat_code,
        case
            when payment_count > 0
                then
                    {{ chinese_day('first_on') }}
                    || '以前谁已登记无从知道：此前已有 '
                    || cast(payment_count as string) || ' 行发放'
            else
                '以前各期名册有 ' || cast(unnumbered_count as string)
                || ' 人没有可用的号码，领过的认不出'
        end
        || case
            when payment_count = 0 then ''
            when person_count > 0
                then
                    '，而首期名册有 ' || cast(person_count as string)
                    || ' 人没有写明识别年度'
            else '，领取人不在首期名册中'
        end as caveat
    from {{ ref('int_register__history_gap') }}
    union all
    select
        feed,
        13 as caveat_rank,
        'UNPLACED' as caveat_code,
        '历期名册有 ' || cast(person_count as string)
        || ' 人所在的户不在户信息表中，属于哪个乡镇无从知道' as caveat
    from {{ ref('int_register__unplaced') }}
)

select * from caveats
