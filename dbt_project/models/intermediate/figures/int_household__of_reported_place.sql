{{ config(materialized='view') }}
-- Households of the places that the report names: a town, or a village of it.
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

places as (
    select * from {{ ref('reported_place') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

placed as (
    select
        places.figure_prefix,
        places.industry_code,
        places.village_name is null as is_whole_town,
        {{ located_columns('places') }}
    from places
    {{ located_joins('places') }}
),

of_place as (
    select
        placed.figure_prefix,
        households.household_id,
        placed.industry_code,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        households.source_row
    from households
    inner join located
        on households.household_id = located.household_id
    inner join placed
        on
            located.town_code = placed.town_code
            and (
                placed.is_whole_town
                or located.village_code = placed.village_code
            )
)

select * from of_place
