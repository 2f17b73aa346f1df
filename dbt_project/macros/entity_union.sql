{#
  All rows in force of the feeds of one entity, in the entity's vocabulary
  (ENTITY_COLUMNS of the contracts), with their origin and, where a registered
  person was found, person_key. Members that stand side by side in a row are
  rows here. With `linked_only` only rows of registered persons: a roll of the
  whole county stays small. Expects a CTE `linked`; gives a CTE `unioned`.
#}
{% macro entity_union(kind, linked_only=false) -%}
    unioned as (
        {% for select in entity_selects(kind) -%}
        select
            '{{ select.feed }}' as feed,
            linked.person_key,
            {% for name, type in entity_columns(kind).items() -%}
            cast({{ entity_value(select, name) }} as {{ type }}) as {{ name }},
            {% endfor -%}
            '{{ select.mapping.get("person_id_number", "") }}' as id_column,
            origin.batch_id,
            origin.source_sheet,
            origin.source_row,
            origin.speaks_for_on
        from {{ ref('stg_' ~ select.feed) }} as origin
        {{ 'inner' if linked_only else 'left' }} join linked
            on
                linked.feed = '{{ select.feed }}'
                and linked.id_column
                = '{{ select.mapping.get("person_id_number", "") }}'
                and origin.batch_id = linked.batch_id
                and origin.source_sheet = linked.source_sheet
                and origin.source_row = linked.source_row
                and linked.source_item = 1
        {% set wanted = [] -%}
        {% if feeds()[select.feed].multiple -%}
            {% do wanted.append('origin.source_item = 1') -%}
        {% endif -%}
        {% if select.position and not linked_only -%}
            {% do wanted.append(
                'origin.' ~ select.mapping.person_id_number ~ ' is not null'
            ) -%}
        {% endif -%}
        {% if wanted -%}
        where {{ wanted | join(' and ') }}
        {% endif -%}
        {{ "union all" if not loop.last }}
        {% endfor %}
    )
{%- endmacro %}


{# The value of an entity's column in the rows of a feed. What was paid is what
   it comes to: a reversal is less than nothing, whatever its sign. #}
{% macro entity_value(select, name) -%}
    {%- set column = select.mapping.get(name) -%}
    {%- set payments = feeds()[select.feed].payments -%}
    {%- if not column -%}
    null
    {%- elif name != 'amount_yuan' or not payments -%}
    origin.{{ column }}
    {%- elif column == payments.amount -%}
    origin.net_yuan
    {%- else -%}
    case
        when origin.net_yuan = 0 and origin.{{ payments.amount }} <> 0 then 0
        when origin.payment_effect = 'takes_back' then -abs(origin.{{ column }})
        else origin.{{ column }}
    end
    {%- endif -%}
{%- endmacro %}


{# One entry per feed and position: {feed, position, mapping}. #}
{% macro entity_selects(kind) -%}
    {%- set found = [] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- for mapping in contract.entity.get(kind, []) -%}
            {%- do found.append({
                'feed': feed, 'position': loop.index0, 'mapping': mapping
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{# Every column of every feed that holds a person's ID number. #}
{% macro id_columns() -%}
    {%- set found = [] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- for name in contract.id_columns -%}
            {%- do found.append({'feed': feed, 'name': name}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{# Rows in force of every feed whose ID number stands in the CTE `known`
   (id_number, person_key, is_former), one row per column of ID numbers, with
   the name that the contract has beside it. #}
{% macro numbered_rows(known) -%}
    {% for column in id_columns() -%}
    {%- set name = feeds()[column.feed].names.get(column.name) -%}
    select
        '{{ column.feed }}' as feed,
        {{ known }}.person_key,
        {{ known }}.id_number,
        {{ 'origin.' ~ name if name else 'cast(null as string)' }}
            as person_name,
        {{ known }}.is_former,
        origin.batch_id,
        origin.source_sheet,
        '{{ column.name }}' as id_column,
        origin.source_row,
        {{ source_item(column.feed) }} as source_item,
        origin.speaks_for_on
    from {{ ref('stg_' ~ column.feed) }} as origin
    inner join {{ known }}
        on origin.{{ column.name }} = {{ known }}.id_number
    {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}
