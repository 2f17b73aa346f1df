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
    {% for column in id_columns() -%}
    select
        '{{ column.feed }}' as feed,
        known.person_key,
        rows_in_force.batch_id,
        rows_in_force.source_sheet,
        '{{ column.name }}' as id_column,
        rows_in_force.source_row
    from {{ ref('stg_' ~ column.feed) }} as rows_in_force
    inner join known
        on rows_in_force.{{ column.name }} = known.id_number
    {{ "union all" if not loop.last }}
    {% endfor %}
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
