-- The seam for other ways of linking: whatever they find is a row here.
with

persons as (
    select * from {{ ref('int_register_person__history') }}
),

known as (
    select distinct
        id_number,
        person_key
    from persons
    where id_number is not null
),

exact as (
    {{ exact_links('known') }}
),

linked as (
    select
        feed,
        person_key,
        batch_id,
        source_sheet,
        id_column,
        'exact_id' as link_method,
        source_row,
        cast(1 as double) as link_confidence
    from exact
)

select * from linked
