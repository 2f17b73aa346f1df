{{ config(materialized='view') }}
-- Appointments of village secretaries in the year, also of those who have left
-- again: one is who, where and since when.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

secretaries as (
    select * from {{ ref('stg_village_secretary') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

located as (
    select
        {{ located_columns('secretaries') }},
        secretaries.secretary_name,
        secretaries.appointment_kind,
        secretaries.batch_id,
        secretaries.source_sheet,
        secretaries.source_row,
        secretaries.appointed_on
    from secretaries
    cross join basis
    {{ located_joins('secretaries') }}
    where
        secretaries.is_latest
        and secretaries.appointed_on
        between basis.year_starts_on and basis.as_of
),

appointed as (
    select
        'appointment_' || md5(concat_ws(
            '|',
            town_name,
            coalesce(village_code, {{ village_match_name('village_name') }}),
            secretary_name,
            cast(appointed_on as string)
        )) as appointment_key,
        town_code,
        town_name,
        village_code,
        village_name,
        appointment_kind,
        batch_id,
        source_sheet,
        source_row
    from located
    qualify {{ is_first_row('appointment_key') }}
)

select * from appointed
