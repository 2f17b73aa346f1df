{{ config(materialized='view') }}
with

appointments as (
    select * from {{ ref('int_village_secretary__appointed') }}
),

models as (
    select * from {{ ref('stg_party_village') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

red_rows as (
    select
        {{ located_columns('models') }},
        models.batch_id,
        models.source_sheet,
        models.source_row
    from models
    {{ located_joins('models') }}
    where
        models.is_latest
        and models.model_kind in {{ codes_of('RED_VILLAGE') }}
        and {{ holds_on_as_of('models', 'listed_on', 'delisted_on') }}
),

red_villages as (
    select
        *,
        coalesce(village_code, 'village_' || md5(concat_ws(
            '|', town_name, {{ village_match_name('village_name') }}
        ))) as village_key
    from red_rows
),

appointment_facts as (
    {{ ledger_facts(
        'appointments',
        'appointment_key',
        place='village',
        more=['appointment_kind']
    ) }}
),

village_facts as (
    {{ ledger_facts('red_villages', 'village_key', place='village') }}
),

members as (
    {{ figure_members('appointment_facts', [
        {
            'figure_id': 'party_sec_filled',
            'where': 'appointment_kind in ' ~ codes_of('SECRETARY_FILLED'),
        },
    ]) }}
    union all
    {{ figure_members('village_facts', [
        {'figure_id': 'party_red_villages', 'where': 'true'},
    ]) }}
)

select * from members
