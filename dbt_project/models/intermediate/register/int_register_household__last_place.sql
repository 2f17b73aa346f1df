{{ config(materialized='view') }}
-- Where a household was when it was last registered: some have left.
with

registers as (
    select * from {{ ref('stg_register_household') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

last_registers as (
    select *
    from registers
    qualify
        row_number() over (
            partition by register_household_no
            order by
                speaks_for_on desc nulls last,
                batch_id desc nulls last,
                source_row desc nulls last
        ) = 1
),

placed as (
    select
        last_registers.register_household_no,
        {{ located_columns('last_registers') }}
    from last_registers
    {{ located_joins('last_registers') }}
)

select * from placed
