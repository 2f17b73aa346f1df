{{ config(materialized='view') }}

with

linked as (
    select * from {{ ref('int_person__linked') }}
),

{{ entity_union('roster', linked_only=true) }}

select * from unioned
