{# Lists of values, which DuckDB and Spark SQL spell differently. #}

{# Several values as one list. #}
{% macro list_of(values) -%}
    {{ adapter.dispatch('list_of', 'sanbao')(values) }}
{%- endmacro %}

{% macro default__list_of(values) -%}
    list_value({{ values | join(', ') }})
{%- endmacro %}

{% macro spark__list_of(values) -%}
    array({{ values | join(', ') }})
{%- endmacro %}


{# The value at a place of a list, counted from 1. #}
{% macro item_of(list, place) -%}
    {{ adapter.dispatch('item_of', 'sanbao')(list, place) }}
{%- endmacro %}

{% macro default__item_of(list, place) -%}
    list_extract({{ list }}, {{ place }})
{%- endmacro %}

{% macro spark__item_of(list, place) -%}
    element_at({{ list }}, {{ place }})
{%- endmacro %}
