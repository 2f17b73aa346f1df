{# Text functions that DuckDB and Spark SQL spell differently. #}

{# SHA-256 of a text, as lower-case hex. #}
{% macro hash_text(text) -%}
    {{ adapter.dispatch('hash_text', 'sanbao')(text) }}
{%- endmacro %}

{% macro default__hash_text(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__hash_text(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}


{# Aggregate: the texts of a group in order, joined. #}
{% macro join_texts(text, order_by, separator='、') -%}
    {{ adapter.dispatch('join_texts', 'sanbao')(text, order_by, separator) }}
{%- endmacro %}

{% macro default__join_texts(text, order_by, separator) -%}
    string_agg({{ text }}, '{{ separator }}' order by {{ order_by }})
{%- endmacro %}

{% macro spark__join_texts(text, order_by, separator) -%}
    listagg({{ text }}, '{{ separator }}') within group (order by {{ order_by }})
{%- endmacro %}


{# Every match replaced. #}
{% macro regexp_replace_all(text, pattern, replacement='') -%}
    {{ adapter.dispatch('regexp_replace_all', 'sanbao')(
        text, pattern, replacement
    ) }}
{%- endmacro %}

{% macro default__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}

{% macro spark__regexp_replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, r'{{ pattern }}', '{{ replacement }}')
{%- endmacro %}


{#
  A sentence about a cell without what stood in the cell: everybody with a login
  reads it. Sentences quote cells and headers alike; of the quoted only the
  header and the sheet stay.
#}
{% macro without_cell_values(text, value, header, sheet) -%}
    {%- set quoted = {
        'value': "'“' || coalesce(" ~ value ~ ", '') || '”'",
        'header': "'“' || coalesce(" ~ header ~ ", '') || '”'",
        'sheet': "'“' || coalesce(" ~ sheet ~ ", '') || '”'",
    } -%}
    {%- set marked = "replace(replace(replace(" ~ text ~ ", "
        ~ quoted.value ~ ", '“…”'), " ~ quoted.header ~ ", '‹1›'), "
        ~ quoted.sheet ~ ", '‹2›')" -%}
    replace(replace(
        {{ regexp_replace_all(marked, '“.*?”', '“…”') }},
        '‹1›', {{ quoted.header }}), '‹2›', {{ quoted.sheet }})
{%- endmacro %}


{# Whether the pattern is found anywhere in the text. #}
{% macro regexp_found(text, pattern) -%}
    {{ adapter.dispatch('regexp_found', 'sanbao')(text, pattern) }}
{%- endmacro %}

{% macro default__regexp_found(text, pattern) -%}
    regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro spark__regexp_found(text, pattern) -%}
    regexp_like({{ text }}, r'{{ pattern }}')
{%- endmacro %}


{#
  A sentence about a cell without the words that stood in it: they may be a
  person's name in the wrong column. Numbers, dates and codes of letters stay.
  The clerk finds the cell itself in the file that was returned.
#}
{% macro without_words_of_cells(sentence) -%}
    {{ regexp_replace_all(
        sentence,
        '([”填改成了都是计]“|” “|holds “|to “)[^”]*[㐀-鿿][^”]*”',
        cell_words_left_out()
    ) }}
{%- endmacro %}

{% macro cell_words_left_out() -%}
    {{ return(adapter.dispatch('cell_words_left_out', 'sanbao')()) }}
{%- endmacro %}

{% macro default__cell_words_left_out() -%}
    {{ return('\\1…”') }}
{%- endmacro %}

{% macro spark__cell_words_left_out() -%}
    {{ return('$1…”') }}
{%- endmacro %}
