{{ config(**partition_config()) }}
with

figures as (
    select * from {{ ref('figure') }}
),

members as (
    select *
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

caveats as (
    select * from {{ ref('int_figure__caveat') }}
),

placed as (
    {{ members_by_area('members') }}
),

counted as (
    select
        placed.figure_id,
        placed.area_level,
        placed.area_code,
        max(placed.area_name) as area_name,
        max(placed.town_code) as town_code,
        max(placed.town_name) as town_name,
        max(placed.village_code) as village_code,
        max(placed.village_name) as village_name,
        sum(case when placed.role = 'numerator' then placed.amount else 0 end)
            as numerator,
        sum(case when placed.role = 'denominator' then placed.amount end)
            as denominator,
        {{ count_in_state('MET') }} as met_count,
        {{ count_in_state('NOT_MET') }} as not_met_count,
        {{ count_in_state('UNKNOWN') }} as unknown_count,
        {{ count_in_state('EXEMPT') }} as exempt_count
    from placed
    inner join figures
        on placed.figure_id = figures.figure_id
    group by
        placed.figure_id,
        placed.area_level,
        placed.area_code
),

-- A figure without members is nought for the county, not absent.
empty as (
    select
        figures.figure_id,
        {{ area_columns('county') }}
    from figures
    left join counted
        on
            figures.figure_id = counted.figure_id
            and counted.area_level = 'county'
    where counted.figure_id is null
),

complete as (
    select
        figure_id,
        area_level,
        area_code,
        area_name,
        town_code,
        town_name,
        village_code,
        village_name,
        numerator,
        denominator,
        cast(met_count as bigint) as met_count,
        cast(not_met_count as bigint) as not_met_count,
        cast(unknown_count as bigint) as unknown_count,
        cast(exempt_count as bigint) as exempt_count
    from counted
    union all
    select
        figure_id,
        area_level,
        area_code,
        area_name,
        town_code,
        town_name,
        village_code,
        village_name,
        0 as numerator,
        null as denominator,
        0 as met_count,
        0 as not_met_count,
        0 as unknown_count,
        0 as exempt_count
    from empty
),

rounded as (
    select
        complete.*,
        figures.label,
        figures.unit,
        figures.measure,
        figures.has_states,
        caveats.caveat_code,
        caveats.caveat,
        case
            when figures.measure <> 'rate'
                then {{ half_up(
                    'complete.numerator', 1, 'figures.unit_size', 'figures.digits'
                ) }}
            when complete.denominator > 0
                then {{ half_up(
                    'complete.numerator',
                    100,
                    'complete.denominator',
                    'figures.digits'
                ) }}
        end as rounded_value
    from complete
    inner join figures
        on complete.figure_id = figures.figure_id
    left join caveats
        on complete.figure_id = caveats.figure_id
),

-- All but a few is not all: 99.996 % may not be rounded to 100 %.
valued as (
    select
        *,
        case
            when
                measure = 'rate'
                and rounded_value >= 100
                and numerator < denominator
                then floor(
                    cast(numerator as double) * 10000 / denominator
                ) / 100
            else rounded_value
        end as value
    from rounded
),

final as (
    select
        figure_id,
        label,
        area_level,
        area_code,
        area_name,
        town_code,
        town_name,
        village_code,
        village_name,
        cast(numerator as decimal(18, 2)) as numerator,
        cast(denominator as decimal(18, 2)) as denominator,
        cast(value as decimal(18, 4)) as value,
        unit,
        caveat_code,
        caveat,
        case when has_states then met_count end as met_count,
        case when has_states then not_met_count end as not_met_count,
        case when has_states then unknown_count end as unknown_count,
        case when has_states then exempt_count end as exempt_count,
        {{ as_of() }} as as_of
    from valued
)

select * from final
