-- What has to be said of each figure: what is amiss with the feeds behind it,
-- and, where it is counted per town or village, with what places its members.
with

figures as (
    select * from {{ ref('figure') }}
),

caveats as (
    select * from {{ ref('int_feed__caveat') }}
),

scopes as (
    select
        *,
        false as is_of_part
    from figures
    union all
    select
        *,
        true as is_of_part
    from figures
),

listed as (
    select
        scopes.figure_id,
        scopes.is_of_part,
        caveats.caveat_rank,
        caveats.caveat_code,
        caveats.caveat,
        -- without the register nobody is registered
        caveats.feed = scopes.feed
        or caveats.feed in ('register_household', 'register_person')
            as is_needed,
        lpad(cast(caveats.caveat_rank as string), 2, '0')
        || caveats.feed as sort_text,
        row_number() over (
            partition by scopes.figure_id, scopes.is_of_part
            order by
                caveats.caveat_rank asc nulls last,
                caveats.feed asc nulls last
        ) as place
    from scopes
    inner join caveats
        on
            {{ rests_on('scopes', 'caveats.feed') }}
            or (
                scopes.is_of_part
                and {{ stands_with_its_household('scopes.member_kind') }}
                and caveats.feed = 'register_household'
            )
),

joined as (
    select
        figure_id,
        is_of_part,
        max(case when place = 1 then caveat_code end) as caveat_code,
        {{ join_texts('caveat', 'sort_text', '；') }} || '。' as caveat,
        max(case when {{ may_hide_members('caveat_code') }} then 1 else 0 end)
        = 1 as may_hide_members,
        max(case
            when is_needed and caveat_code = 'NEVER_RECEIVED' then 1 else 0
        end) = 1 as lacks_feed
    from listed
    group by figure_id, is_of_part
)

select * from joined
