{#
  What a view and a board are on Spark.

  Spark plans a view anew for everybody who reads it. Views that stand on views
  took minutes to plan; a table is planned and worked out once. DuckDB, which
  plans in milliseconds, keeps them as views.
#}
{% materialization view, adapter='spark' %}
    {{ return(dbt.materialization_table_spark()) }}
{% endmaterialization %}


{# Partitions are dbt-spark's. A table of one run's making that keeps rows of
   earlier runs is written beside and takes the place of the old one: Spark
   overwrites no table that it reads. #}
{% materialization incremental, adapter='spark' %}
    {%- if not config.get('is_board') or should_full_refresh()
        or load_relation(this) is none -%}
        {#- Spark overwrites the partitions that the new rows have: one that
           has become empty would stay. -#}
        {%- if load_relation(this) is not none and not should_full_refresh()
            and 'as_of' in (config.get('partition_by') or []) -%}
            {%- call statement('empty_partition') -%}
                alter table {{ this }}
                drop if exists partition (as_of = '{{ var("as_of") }}')
            {%- endcall -%}
        {%- endif -%}
        {{ return(dbt.materialization_incremental_spark()) }}
    {%- endif -%}
    {%- set board = load_relation(this) -%}
    {%- set next = board.incorporate(
        path={'identifier': this.identifier ~ '__next'}
    ) -%}
    {%- set known = adapter.get_columns_in_relation(board)
        | map(attribute='name') | list -%}
    {%- do adapter.drop_relation(next) -%}
    {%- call statement('main') -%}
        create table {{ next }} using parquet as
        with

        renewed as (
            {{ compiled_code }}
        )

        select * from renewed
        union all
        select
            {% for column in get_columns_in_query(compiled_code) -%}
            {{ column if column in known else 'null' }}
            {{- "," if not loop.last }}
            {% endfor -%}
        from {{ board }}
        where not coalesce({{ is_newest_date(ref('fct_feed_arrival')) }}, false)
    {%- endcall -%}
    {%- do adapter.drop_relation(board) -%}
    {%- do adapter.rename_relation(next, board) -%}
    {{ return({'relations': [board]}) }}
{% endmaterialization %}
