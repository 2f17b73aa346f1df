with

households as (
    select * from {{ ref('int_register_household__current') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

natural_villages as (
    select * from {{ ref('int_natural_village') }}
),

in_village as (
    select
        households.household_id,
        households.natural_village_name as written_natural_village_name,
        {{ located_columns('households') }},
        coalesce(towns.is_arsenic_town, false) as is_arsenic_town
    from households
    {{ located_joins('households') }}
),

in_natural_village as (
    select
        in_village.household_id,
        in_village.town_code,
        in_village.town_name,
        in_village.village_code,
        in_village.village_name,
        coalesce(
            exact_match.natural_village_id, loose_match.natural_village_id
        ) as natural_village_id,
        coalesce(
            exact_match.natural_village_name,
            loose_match.natural_village_name,
            in_village.written_natural_village_name
        ) as natural_village_name,
        in_village.is_arsenic_town
    from in_village
    left join natural_villages as exact_match
        on
            in_village.village_code = exact_match.village_code
            and in_village.written_natural_village_name
            = exact_match.exact_name
    left join natural_villages as loose_match
        on
            in_village.village_code = loose_match.village_code
            and {{ village_match_name(
                'in_village.written_natural_village_name'
            ) }} = loose_match.match_name
)

select * from in_natural_village
