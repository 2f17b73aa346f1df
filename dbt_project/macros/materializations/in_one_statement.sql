{#
  Tables and views of one run, each made by one statement.

  dbt's own materializations build beside, rename twice and drop, for databases that cannot replace
  in one step. DuckDB can, whole or not at all; with a hundred models the renaming took longer than
  the queries. Marts keep dbt's `incremental`. Spark keeps its own.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(replace_in_one_statement('table')) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(replace_in_one_statement('view')) }}
{% endmaterialization %}

{% macro replace_in_one_statement(type) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type=type) -%}
    {# A model that was a view and is a table now, or the reverse: nothing replaces the other kind. #}
    {%- if existing is not none and existing.type != type -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement('main', auto_begin=False) -%}
        create or replace {{ type }} {{ target_relation }} as (
            {{ compiled_code }}
        )
    {%- endcall -%}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}
