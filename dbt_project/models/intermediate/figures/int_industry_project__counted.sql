{{ config(materialized='view') }}
-- Projects of the ledger, each once: the rows of one number (or level, town
-- and name) are one project, whose money stands in the first that has it.
with

projects as (
    select * from {{ ref('stg_industry_project') }}
),

rule_codes as (
    select * from {{ ref('rule_code') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

{{ project_rows() }},

counted as (
    select
        project_key,
        town_code,
        town_name,
        project_level,
        batch_id,
        source_sheet,
        source_row,
        total_yuan,
        fiscal_yuan,
        own_yuan
    from whole
    where
        is_going_on
        and coalesce(initiated_on <= {{ as_of() }}, true)
    qualify {{ is_first_with_money() }}
)

select * from counted
