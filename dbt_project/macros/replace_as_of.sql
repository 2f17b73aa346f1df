{#
  Facts accumulate by as_of: a run replaces the rows of its own as_of, whole.
  In a model: config(**partition_config()).
#}
{% macro partition_config() -%}
    {{ return(adapter.dispatch('partition_config', 'sanbao')()) }}
{%- endmacro %}

{% macro default__partition_config() -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'replace_as_of',
        'on_schema_change': 'append_new_columns',
    }) }}
{%- endmacro %}

{% macro spark__partition_config() -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'insert_overwrite',
        'partition_by': ['as_of'],
        'file_format': 'parquet',
        'on_schema_change': 'append_new_columns',
    }) }}
{%- endmacro %}

{# dbt's delete+insert deletes only dates that the new rows hold: a partition
   that has become empty would stay. #}
{% macro get_incremental_replace_as_of_sql(arguments) -%}
    {%- set columns = arguments['dest_columns']
        | map(attribute='name') | join(', ') -%}
    delete from {{ arguments['target_relation'] }}
    where as_of = {{ as_of() }};

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}


{#
  A board shows how things stand now. A run of a date before the newest one that
  was built adds what the board does not have and leaves the rest alone.
#}
{% macro board_config() -%}
    {{ return(adapter.dispatch('board_config', 'sanbao')()) }}
{%- endmacro %}

{% macro default__board_config() -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'replace_board',
        'on_schema_change': 'append_new_columns',
    }) }}
{%- endmacro %}

{# How it is replaced: macros/materializations/on_spark.sql. #}
{% macro spark__board_config() -%}
    {{ return({
        'materialized': 'incremental',
        'incremental_strategy': 'append',
        'file_format': 'parquet',
        'on_schema_change': 'append_new_columns',
        'is_board': true,
    }) }}
{%- endmacro %}

{% macro is_newest_date(arrivals) -%}
    (
        select max(arrivals.as_of) <= {{ as_of() }}
        from {{ arrivals }} as arrivals
    )
{%- endmacro %}

{% macro get_incremental_replace_board_sql(arguments) -%}
    {%- set columns = arguments['dest_columns']
        | map(attribute='name') | join(', ') -%}
    delete from {{ arguments['target_relation'] }}
    where {{ is_newest_date(ref('fct_feed_arrival')) }};

    insert into {{ arguments['target_relation'] }} ({{ columns }})
    select {{ columns }} from {{ arguments['temp_relation'] }}
{%- endmacro %}
