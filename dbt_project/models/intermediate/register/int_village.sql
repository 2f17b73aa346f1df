with

villages as (
    select * from {{ ref('stg_village') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

current_villages as (
    select
        villages.village_code,
        coalesce(towns.town_code, villages.town_code) as town_code,
        {{ town_name_or_other('towns.town_name') }} as town_name,
        villages.village_name,
        villages.village_kind,
        villages.batch_id,
        villages.source_sheet,
        villages.agricultural_population,
        villages.household_count,
        villages.natural_village_count,
        villages.source_row,
        villages.is_relative_poor,
        coalesce(towns.is_arsenic_town, false) as is_arsenic_town,
        {{ village_match_name('villages.village_name') }} as bare_name
    from villages
    left join towns
        on villages.town_name = towns.written_town_name
    where villages.is_latest
),

-- 东村 and 东社区 of one town are two: those match by their full name alone.
matchable as (
    select
        village_code,
        town_code,
        town_name,
        village_name,
        case
            when count(*) over (partition by town_code, bare_name) = 1
                then bare_name
        end as match_name,
        village_kind,
        batch_id,
        source_sheet,
        agricultural_population,
        household_count,
        natural_village_count,
        source_row,
        is_relative_poor,
        is_arsenic_town
    from current_villages
)

select * from matchable
