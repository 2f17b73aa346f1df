-- The references that the other feed can answer: it was delivered for what
-- they are compared with. A feed that is missing is one message, elsewhere.
with

referring as (
    select * from {{ ref('int_cross_file__reference') }}
),

checks as (
    select * from {{ ref('int_cross_file__check') }}
),

parts as (
    select * from {{ ref('stg_delivery_part') }}
),

latest as (
    select
        feed,
        min(speaks_for_on) as least_on,
        max(speaks_for_on) as last_on
    from parts
    where is_latest
    group by feed
),

dated as (
    select distinct
        feed,
        cast(speaks_for_on as string) as scope
    from parts
),

yearly as (
    select
        feed,
        period as scope,
        count(distinct part) as part_count
    from parts
    group by feed, period
),

answerable as (
    select
        referring.*,
        checks.kind,
        checks.feed,
        checks.other_feed,
        checks.lookup
    from referring
    inner join checks
        on referring.code = checks.code
    inner join latest
        on checks.other_feed = latest.feed
    left join dated
        on
            case when checks.scope_kind = 'date' then checks.other_feed end
            = dated.feed
            and referring.scope = dated.scope
    left join yearly
        on
            case when checks.scope_kind = 'year' then checks.other_feed end
            = yearly.feed
            and referring.scope = yearly.scope
    where
        case checks.scope_kind
            when 'date'
                then
                    dated.feed is not null
                    and referring.speaks_for_on <= latest.least_on
            when 'standing' then true
            when 'year' then yearly.part_count >= checks.part_count
            else referring.speaks_for_on <= latest.last_on
        end
)

select * from answerable
