{{ config(materialized='view') }}
with

statements as (
    select * from {{ ref('stg_attested_statement') }}
),

figures as (
    select * from {{ ref('figure') }}
),

units as (
    select * from {{ ref('stated_unit') }}
),

-- In the unit of the figure. What is said of a figure that is counted from
-- rows is a claim about it, and no part of it.
in_unit_of_figure as (
    select
        statements.figure_id,
        statements.statement_no,
        statements.batch_id,
        statements.source_sheet,
        statements.source_row,
        statements.attested_on,
        statements.stated_value * units.factor as stated_value
    from statements
    inner join figures
        on statements.figure_id = figures.figure_id
    inner join units
        on
            statements.stated_unit = units.stated_unit
            and figures.unit = units.figure_unit
    where
        statements.is_latest
        and figures.kind = 'A'
    qualify
        row_number() over (
            partition by statements.figure_id
            order by
                statements.attested_on desc nulls last,
                statements.statement_no desc nulls last
        ) = 1
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
        cast(null as string) as override_id,
        cast(null as string) as reason_code,
        cast(null as string) as town_code,
        cast(null as string) as town_name,
        cast(null as string) as village_code,
        cast(null as string) as village_name,
        batch_id as source_batch_id,
        source_sheet,
        cast(stated_value as decimal(18, 2)) as amount,
        source_row
    from in_unit_of_figure
)

select * from members
