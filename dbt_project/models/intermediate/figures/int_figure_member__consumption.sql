{{ config(materialized='view') }}
with

points as (
    select * from {{ ref('stg_consumption_point') }}
),

platforms as (
    select * from {{ ref('stg_sales_platform') }}
),

sales as (
    select * from {{ ref('int_consumption_sale__of_year') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

open_points as (
    select
        'point_' || md5(coalesce(
            {{ compared_name('points.point_no') }},
            concat_ws(
                '|',
                coalesce(towns.town_name, points.town_name, ''),
                {{ compared_name('points.point_name') }}
            )
        )) as point_key,
        towns.town_code,
        {{ town_name_or_other('towns.town_name') }} as town_name,
        points.batch_id,
        points.source_sheet,
        points.source_row
    from points
    left join towns
        on points.town_name = towns.written_town_name
    where
        points.is_latest
        and {{ holds_on_as_of(
            'points',
            'opened_on',
            'closed_on',
            'operation_status',
            'points.operation_status in ' ~ codes_of('POINT_CLOSED')
        ) }}
),

open_platforms as (
    select
        'platform_' || md5({{ compared_name('platforms.platform_name') }})
            as platform_key,
        platforms.batch_id,
        platforms.source_sheet,
        platforms.source_row
    from platforms
    where
        platforms.is_latest
        and {{ holds_on_as_of(
            'platforms',
            'opened_on',
            'closed_on',
            'operation_status',
            'platforms.operation_status in ' ~ codes_of('PLATFORM_CLOSED')
        ) }}
),

point_facts as (
    {{ ledger_facts('open_points', 'point_key', place='town') }}
),

platform_facts as (
    {{ ledger_facts('open_platforms', 'platform_key') }}
),

sale_facts as (
    {{ ledger_facts(
        'sales', 'sale_key', 'source_item = 1', more=['amount_yuan']
    ) }}
),

city_facts as (
    {{ ledger_facts(
        'sales',
        'city_name',
        "city_name <> '' and sale_channel in " ~ codes_of('PROMOTION_SALE')
    ) }}
),

members as (
    {{ figure_members('point_facts', [
        {'figure_id': 'cons_points', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('platform_facts', [
        {'figure_id': 'cons_platforms', 'where': 'true'},
    ]) }}
    union all
    {{ figure_members('sale_facts', [
        {'figure_id': 'cons_sales', 'where': 'true', 'amount': 'amount_yuan'},
    ]) }}
    union all
    {{ figure_members('city_facts', [
        {'figure_id': 'cons_cities', 'where': 'true'},
    ]) }}
)

select * from members
