{{ config(materialized='view') }}
-- Relative-poor villages that a trip of the year went to.
with

visits as (
    select * from {{ ref('int_research_visit__topical') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

located as (
    select
        {{ located_columns('visits') }},
        visits.batch_id,
        visits.source_sheet,
        visits.source_row,
        coalesce(
            exact_village.is_relative_poor,
            loose_village.is_relative_poor,
            false
        ) as is_relative_poor
    from visits
    {{ located_joins('visits') }}
    where visits.is_of_year
),

visited as (
    select
        town_code,
        town_name,
        village_code,
        village_name,
        batch_id,
        source_sheet,
        source_row
    from located
    where is_relative_poor
    qualify {{ is_first_row('village_code') }}
)

select * from visited
