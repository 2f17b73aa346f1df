{#
  How dbt writes the rows of a seed into Spark. As dbt-spark does it, a session
  is given 'None' where there is nothing, a text with a quote breaks, and a
  number goes through a double; here each value is a literal of its own.
#}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set statements = [] -%}
    {%- for chunk in agate_table.rows | batch(get_batch_size()) -%}
        {%- set sql -%}
            insert into {{ this.render() }} values
            {% for row in chunk -%}
            (
                {%- for column in agate_table.column_names -%}
                cast({{ text_literal(row[column]) }} as {{
                    types.get(column)
                    or adapter.convert_type(agate_table, loop.index0)
                }}){{ ", " if not loop.last }}
                {%- endfor -%}
            ){{ ", " if not loop.last }}
            {% endfor -%}
        {%- endset -%}
        {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
        {%- do statements.append(sql) -%}
    {%- endfor -%}
    {{ return(statements | first) }}
{%- endmacro %}

{# A value as a literal of Spark's. #}
{% macro text_literal(value) -%}
    {%- if value is none -%}
    null
    {%- else -%}
    '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
