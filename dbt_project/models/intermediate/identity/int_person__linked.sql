-- The seam for other ways of linking: whatever they find is a row here.
with

numbered as (
    select * from {{ ref('int_person__numbered') }}
),

contested as (
    select * from {{ ref('int_person__contested') }}
),

found as (
    select
        feed,
        person_key,
        batch_id,
        source_sheet,
        id_column,
        is_former,
        source_row,
        source_item
    from numbered
    where person_key is not null
    union all
    select distinct
        feed,
        person_key,
        batch_id,
        source_sheet,
        id_column,
        is_former,
        source_row,
        source_item
    from contested
    where is_settled
),

linked as (
    select
        feed,
        person_key,
        batch_id,
        source_sheet,
        id_column,
        case when is_former then 'former_id' else 'exact_id' end
            as link_method,
        source_row,
        source_item,
        cast(1 as double) as link_confidence
    from found
)

select * from linked
