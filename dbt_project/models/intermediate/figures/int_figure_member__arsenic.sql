{{ config(materialized='view') }}
-- Natural villages to whose water a report not yet too old finds too much
-- arsenic, whatever else it finds.
with

natural_villages as (
    select * from {{ ref('int_natural_village') }}
),

reports as (
    select * from {{ ref('int_natural_village__water_report') }}
),

facts as (
    select
        natural_villages.natural_village_id as member_key,
        cast(null as string) as household_id,
        cast(null as string) as person_key,
        natural_villages.town_code,
        natural_villages.town_name,
        natural_villages.village_code,
        natural_villages.village_name,
        reports.batch_id,
        reports.source_sheet,
        reports.source_row
    from natural_villages
    inner join reports
        on natural_villages.natural_village_id = reports.natural_village_id
    where reports.reason_code = 'ARSENIC_OVER_LIMIT'
    qualify
        row_number() over (
            partition by natural_villages.natural_village_id
            order by
                reports.sampled_on desc nulls last,
                reports.batch_id asc nulls last,
                reports.source_sheet asc nulls last,
                reports.source_row asc nulls last
        ) = 1
),

members as (
    {{ figure_members('facts', [
        {'figure_id': 'wat_arsenic_over', 'where': 'true'},
    ]) }}
)

select * from members
