{{ config(materialized='view') }}
-- Members counted or summed up per figure and area.
with

figures as (
    select * from {{ ref('figure') }}
),

members as (
    select * from {{ ref('int_figure_member') }}
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
)

select * from complete
