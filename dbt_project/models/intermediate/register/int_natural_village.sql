with

supplies as (
    select * from {{ ref('stg_village_water_supply') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

current_supplies as (
    select
        *,
        {{ village_match_name('natural_village_name') }} as bare_name
    from supplies
    where is_latest
),

located as (
    select
        -- 二桥村委会 of this month's ledger is 二桥村 of the last one, and the
        -- place keeps its id. Rows that would share one keep what is written.
        case
            when
                coalesce(exact_village.village_code, loose_village.village_code)
                is not null
                and count(*) over (
                    partition by
                        coalesce(
                            exact_village.village_code,
                            loose_village.village_code
                        ),
                        supplies.bare_name
                ) = 1
                then {{ natural_village_id([
                    'coalesce(exact_village.village_code,'
                    ~ ' loose_village.village_code)',
                    'supplies.bare_name',
                ]) }}
            else {{ natural_village_id([
                'supplies.town_name',
                'supplies.village_name',
                'supplies.natural_village_name',
            ]) }}
        end as natural_village_id,
        {{ located_columns('supplies') }},
        supplies.natural_village_name,
        supplies.works_name,
        supplies.works_kind,
        supplies.water_source,
        supplies.batch_id,
        supplies.source_sheet,
        supplies.held_cells,
        supplies.household_count,
        supplies.agricultural_population,
        supplies.served_household_count,
        supplies.served_population,
        supplies.outage_days,
        supplies.daily_litres_per_head,
        supplies.fetch_minutes,
        supplies.source_row,
        supplies.is_piped,
        supplies.is_at_home,
        coalesce(towns.is_arsenic_town, false) as is_arsenic_town,
        supplies.speaks_for_on,
        supplies.bare_name
    from current_supplies as supplies
    {{ located_joins('supplies') }}
),

-- One household has one natural village: a name by which two rows of one
-- village may be meant finds neither.
matchable as (
    select
        *,
        case
            when
                count(*) over (
                    partition by village_code, natural_village_name
                ) = 1
                then natural_village_name
        end as exact_name,
        case
            when count(*) over (partition by village_code, bare_name) = 1
                then bare_name
        end as match_name
    from located
)

select * from matchable
