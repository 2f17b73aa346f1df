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

referring as (
    {{ cross_file_references() }}
)

select * from referring
