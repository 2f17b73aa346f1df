{{ config(materialized='view') }}
with

statements as (
    select * from {{ ref('stg_attested_statement') }}
),

-- Nothing can be counted behind such a figure: its one member is the document
-- that states it, with the stated value.
members as (
    select
        figure_id,
        'numerator' as role,
        statement_no as member_key,
        cast(null as string) as household_id,
        cast(null as string) as person_key,
        cast(null as string) as state,
        cast(null as string) as town_code,
        cast(null as string) as town_name,
        cast(null as string) as village_code,
        cast(null as string) as village_name,
        batch_id as source_batch_id,
        source_sheet,
        cast(stated_value as decimal(18, 2)) as amount,
        source_row
    from statements
    where is_latest
)

select * from members
