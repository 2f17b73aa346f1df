with

natural_villages as (
    select * from {{ ref('int_natural_village') }}
),

towns as (
    select * from {{ ref('town') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

waters as (
    select * from {{ ref('int_household__water') }}
),

natural_village_facts as (
    select
        natural_village_id as member_key,
        cast(null as string) as household_id,
        cast(null as string) as person_key,
        town_code,
        town_name,
        village_code,
        village_name,
        batch_id,
        source_sheet,
        agricultural_population,
        coalesce(served_population, 0) as served_population,
        source_row,
        is_piped
    from natural_villages
),

household_facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        waters.state,
        waters.override_id,
        waters.reason_code,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        {{ proving('waters', 'households', 'batch_id') }},
        {{ proving('waters', 'households', 'sheet') }},
        households.source_row,
        {{ proving('waters', 'households', 'row') }}
    from households
    inner join waters
        on households.household_id = waters.household_id
    left join located
        on households.household_id = located.household_id
    where
        waters.guarantee = 'water_quality'
        and (households.is_lifted or households.is_exited)
),

town_facts as (
    select
        town_code as member_key,
        cast(null as string) as household_id,
        cast(null as string) as person_key,
        town_code,
        town_name,
        cast(null as string) as village_code,
        cast(null as string) as village_name,
        cast(null as string) as batch_id,
        cast(null as string) as source_sheet,
        cast(null as integer) as source_row
    from towns
    where is_arsenic_town
),

members as (
    {{ figure_members('natural_village_facts', [
        {'figure_id': 'wat_vlg', 'where': 'true'},
        {'figure_id': 'wat_vlg_on', 'where': 'is_piped'},
        {
            'figure_id': 'wat_agri_pop',
            'where': 'true',
            'amount': 'agricultural_population',
        },
        {
            'figure_id': 'wat_pop_on',
            'where': 'served_population > 0',
            'amount': 'served_population',
        },
    ] + rate_specs(
        'wat_cover',
        'served_population > 0',
        'true',
        amount_above='served_population',
        amount_below='agricultural_population'
    )) }}
    union all
    {{ figure_members('household_facts', rate_specs(
        'wat_quality_lifted',
        "state = 'MET'",
        "state <> 'NOT_APPLICABLE'",
        state='state',
        source='evidence'
    )) }}
    union all
    {{ figure_members('town_facts', [
        {'figure_id': 'wat_arsenic_towns', 'where': 'true'},
    ]) }}
)

select * from members
