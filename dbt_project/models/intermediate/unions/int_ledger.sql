{{ config(materialized='view') }}

with

linked as (
    select * from {{ ref('int_person__linked') }}
),

{{ entity_union('ledger', linked_only=false) }}

select * from unioned
