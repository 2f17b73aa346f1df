with

towns as (
    select * from {{ ref('town') }}
),

aliases as (
    select * from {{ ref('town_alias') }}
),

named as (
    select
        town_code,
        town_name,
        town_name as written_town_name,
        is_county_town,
        is_arsenic_town
    from towns
    union all
    select
        towns.town_code,
        towns.town_name,
        aliases.alias as written_town_name,
        towns.is_county_town,
        towns.is_arsenic_town
    from aliases
    inner join towns
        on aliases.town_name = towns.town_name
)

select * from named
