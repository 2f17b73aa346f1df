-- A figure opens to each of its members once, and what they count there is its
-- number; below the line of a rate stands everybody.
with

figures as (
    select *
    from {{ ref('fct_figure') }}
    where as_of = {{ as_of() }} and area_level = 'county'
),

members as (
    select *
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

opened as (
    select
        figure_id,
        sum(counted_amount) as numerator,
        sum(case when role = 'denominator' then amount end) as denominator,
        count(counted_amount) as row_count,
        count(distinct member_key) as member_count
    from members
    where counted_amount is not null
    group by figure_id
),

everybody as (
    select
        figure_id,
        count(distinct member_key) as member_count,
        count(case when state is not null and state_label is null then 1 end)
            as nameless_count
    from members
    group by figure_id
)

select
    figures.figure_id,
    figures.numerator,
    opened.numerator as opened_numerator
from figures
left join opened
    on figures.figure_id = opened.figure_id
left join everybody
    on figures.figure_id = everybody.figure_id
where
    figures.numerator <> coalesce(opened.numerator, 0)
    or coalesce(figures.denominator, 0) <> coalesce(opened.denominator, 0)
    or opened.row_count <> opened.member_count
    or everybody.member_count <> coalesce(opened.member_count, 0)
    or everybody.nameless_count > 0
