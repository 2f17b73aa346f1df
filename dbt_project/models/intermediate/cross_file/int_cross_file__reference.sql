with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

villages as (
    select * from {{ ref('int_village') }}
),

-- Rows with a number that the register changed since, or that may be another's.
former_numbers as (
    select
        feed,
        batch_id,
        source_sheet,
        source_row
    from {{ ref('int_person__linked') }}
    where link_method = 'former_id'
    union
    select
        feed,
        batch_id,
        source_sheet,
        source_row
    from {{ ref('int_person__contested') }}
    where not is_settled
),

referring as (
    {{ cross_file_references() }}
)

select * from referring
