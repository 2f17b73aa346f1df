-- What has to be said of each figure: what is amiss with the feeds behind it.
with

figures as (
    select * from {{ ref('figure') }}
),

caveats as (
    select * from {{ ref('int_feed__caveat') }}
),

listed as (
    select
        figures.figure_id,
        caveats.caveat_rank,
        caveats.caveat_code,
        caveats.caveat,
        cast(caveats.caveat_rank as string) || caveats.feed as sort_text,
        row_number() over (
            partition by figures.figure_id
            order by
                caveats.caveat_rank asc nulls last,
                caveats.feed asc nulls last
        ) as place
    from figures
    inner join caveats
        on {{ rests_on('figures', 'caveats.feed') }}
),

joined as (
    select
        figure_id,
        max(case when place = 1 then caveat_code end) as caveat_code,
        {{ join_texts('caveat', 'sort_text', '；') }} || '。' as caveat
    from listed
    group by figure_id
)

select * from joined
