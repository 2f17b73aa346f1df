{{ config(**partition_config()) }}
with

figures as (
    select *
    from {{ ref('figure') }}
    where {{ as_of() }} between valid_from and valid_to
),

arrivals as (
    select *
    from {{ ref('fct_feed_arrival') }}
    where as_of = {{ as_of() }}
),

final as (
    select
        figures.figure_id,
        figures.label,
        figures.unit,
        figures.kind,
        figures.member_kind,
        figures.measure,
        cast(figures.unit_size as integer) as unit_size,
        cast(figures.digits as integer) as digits,
        figures.numerator_label,
        figures.denominator_label,
        figures.as_of_rule,
        figures.section,
        figures.feeds,
        arrivals.feed_title,
        arrivals.department_name,
        arrivals.owner,
        figures.is_listed as has_list,
        cast(figures.sort_order as integer) as sort_order,
        {{ as_of() }} as as_of
    from figures
    left join arrivals
        on figures.feed = arrivals.feed
)

select * from final
