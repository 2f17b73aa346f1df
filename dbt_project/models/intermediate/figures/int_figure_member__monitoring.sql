{{ config(materialized='view') }}
with

monitored as (
    select * from {{ ref('stg_monitoring_household') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

-- Registered or not. A household listed once more is one; who it is stays in
-- the warehouse, and its row is its key.
at_risk as (
    select
        {{ located_columns('monitored') }},
        monitored.head_id_number,
        monitored.batch_id,
        monitored.source_sheet,
        monitored.source_row,
        'monitored_' || md5({{ row_itself('monitored') }}) as monitored_key
    from monitored
    {{ located_joins('monitored') }}
    where
        monitored.is_latest
        and {{ holds_on_as_of(
            'monitored',
            'listed_on',
            'cleared_on',
            'is_cleared',
            'monitored.is_cleared'
        ) }}
),

households as (
    select *
    from at_risk
    qualify {{ is_first_row('head_id_number') }}
),

household_facts as (
    {{ ledger_facts('households', 'monitored_key', place='village') }}
),

members as (
    {{ figure_members('household_facts', [
        {'figure_id': 'mon_hh', 'where': 'true'},
    ]) }}
)

select * from members
