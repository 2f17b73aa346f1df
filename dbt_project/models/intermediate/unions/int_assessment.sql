{{ config(materialized='view') }}

with

linked as (
    select * from {{ ref('int_person__linked') }}
),

{{ entity_union('assessment', linked_only=false) }}

select * from unioned
