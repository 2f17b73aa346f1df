{{ config(materialized='view') }}
-- Sales of the year, a row per city where they were promoted: what was sold
-- stands in the first of them.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

sales as (
    select * from {{ ref('stg_consumption_sale') }}
),

of_year as (
    select
        sales.batch_id,
        sales.source_sheet,
        sales.source_row,
        sales.source_item,
        sales.sale_channel,
        {{ bare_city('sales.city_name') }} as city_name,
        'sale_' || md5({{ row_itself('sales') }}) as sale_key,
        sales.amount_yuan
    from sales
    cross join basis
    where
        sales.is_latest
        and sales.sold_on between basis.year_starts_on and basis.as_of
)

select * from of_year
