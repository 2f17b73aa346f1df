-- A figure is a list that has been counted: at every level the number is the
-- sum of its list, and the areas of a level together make the county.
with

figures as (
    select *
    from {{ ref('fct_figure') }}
    where as_of = {{ as_of() }}
),

members as (
    select
        *,
        coalesce(town_code, 'unlocated') as town_area,
        coalesce(village_code, coalesce(town_code, '') || '-unlocated')
            as village_area
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

recounted as (
    select
        figure_id,
        role,
        'county' as area_level,
        cast(null as string) as area_code,
        amount
    from members
    union all
    select
        figure_id,
        role,
        'town' as area_level,
        town_area as area_code,
        amount
    from members
    union all
    select
        figure_id,
        role,
        'village' as area_level,
        village_area as area_code,
        amount
    from members
),

summed_up as (
    select
        figure_id,
        area_level,
        area_code,
        sum(case when role = 'numerator' then amount else 0 end) as numerator,
        sum(case when role = 'denominator' then amount end) as denominator
    from recounted
    group by figure_id, area_level, area_code
),

differing as (
    select
        figures.figure_id,
        figures.area_level,
        figures.area_code,
        figures.numerator,
        summed_up.numerator as members_numerator,
        figures.denominator,
        summed_up.denominator as members_denominator
    from figures
    full outer join summed_up
        on
            figures.figure_id = summed_up.figure_id
            and figures.area_level = summed_up.area_level
            and (
                figures.area_level = 'county'
                or figures.area_code = summed_up.area_code
            )
    where
        figures.figure_id is null
        or figures.numerator <> coalesce(summed_up.numerator, 0)
        or coalesce(figures.denominator, -1)
        <> coalesce(summed_up.denominator, -1)
),

areas as (
    select
        figure_id,
        area_level,
        sum(numerator) as numerator
    from figures
    group by figure_id, area_level
),

parts_differing as (
    select
        parts.figure_id,
        parts.area_level,
        cast(null as string) as area_code,
        parts.numerator,
        county.numerator as members_numerator,
        cast(null as decimal(18, 2)) as denominator,
        cast(null as decimal(18, 2)) as members_denominator
    from areas as parts
    inner join areas as county
        on
            parts.figure_id = county.figure_id
            and county.area_level = 'county'
    where parts.numerator <> county.numerator
)

select * from differing
union all
select * from parts_differing
