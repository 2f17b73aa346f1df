{{ config(materialized='view') }}
-- Visits of the two leaders to study poverty relief, a row per leader and
-- village. The rows of one trip share `trip_key`: a joint trip is one.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

visits as (
    select * from {{ ref('stg_research_visit') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

-- What stood in the cell of the villages, whatever their order there.
village_cells as (
    select
        batch_id,
        source_sheet,
        source_row,
        {{ join_texts(
            village_match_name('village_name'),
            village_match_name('village_name')
        ) }} as village_names
    from visits
    where is_latest
    group by batch_id, source_sheet, source_row
),

topical as (
    select
        'trip_' || md5(coalesce(
            {{ compared_name('visits.visit_no') }},
            concat_ws(
                '|',
                cast(visits.started_on as string),
                cast(coalesce(visits.ended_on, visits.started_on) as string),
                visits.town_name,
                village_cells.village_names
            )
        )) as trip_key,
        towns.town_code,
        {{ town_name_or_other('towns.town_name') }} as town_name,
        visits.village_name,
        visits.batch_id,
        visits.source_sheet,
        visits.source_row,
        visits.source_item,
        visits.leader_post in {{ codes_of('PARTY_SECRETARY') }}
            as is_secretary,
        visits.leader_post in {{ codes_of('COUNTY_HEAD') }} as is_county_head,
        coalesce(visits.is_in_households, false) as is_in_households,
        visits.started_on >= basis.year_starts_on as is_of_year,
        coalesce(towns.is_county_town, false) as is_in_county_town,
        visits.started_on,
        coalesce(visits.ended_on, visits.started_on) as ended_on
    from visits
    cross join basis
    inner join village_cells
        on
            visits.batch_id = village_cells.batch_id
            and visits.source_sheet = village_cells.source_sheet
            and visits.source_row = village_cells.source_row
    left join towns
        on visits.town_name = towns.written_town_name
    where
        visits.is_latest
        and visits.visit_kind in {{ codes_of('TOPICAL_VISIT') }}
        and (
            visits.leader_post in {{ codes_of('PARTY_SECRETARY') }}
            or visits.leader_post in {{ codes_of('COUNTY_HEAD') }}
        )
        and visits.started_on <= basis.as_of
)

select * from topical
