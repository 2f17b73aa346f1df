{#
  The texts of some columns of a relation, each once, with what is served of
  it. The expression that looks for ID numbers takes an engine longer to
  prepare than to use, so it stands once for all columns.
#}
{% macro shown_texts(relation, columns) -%}
    select
        written_text,
        {{ without_id_numbers('written_text') }} as shown_text
    from (
        {% for column in columns -%}
        select distinct {{ column }} as written_text from {{ relation }}
        {{ "union" if not loop.last }}
        {% endfor -%}
    ) as written
    where written_text is not null
{%- endmacro %}


{# The joins that bring them in: `shown_<column>.shown_text`. #}
{% macro join_shown_texts(relation, columns, shown='shown') -%}
    {% for column in columns -%}
    left join {{ shown }} as shown_{{ column }}
        on {{ relation }}.{{ column }} = shown_{{ column }}.written_text
    {% endfor %}
{%- endmacro %}
