{# The two clocks of a run, as typed SQL literals. #}

{% macro as_of() -%}
    cast('{{ checked_date(var("as_of")) }}' as date)
{%- endmacro %}

{% macro known_by() -%}
    {%- set moment = var('known_by') | string -%}
    {#- Empty means "everything that is in the lake". -#}
    cast('{{ moment if moment else "9999-12-31 00:00:00" }}' as timestamp)
{%- endmacro %}

{% macro checked_date(text) -%}
    {%- if not modules.re.match('^\d{4}-\d{2}-\d{2}$', text | string) -%}
        {{ exceptions.raise_compiler_error(
            "var as_of must be a date like 2019-12-31, not '" ~ text ~ "'"
        ) }}
    {%- endif -%}
    {{ text }}
{%- endmacro %}


{# Whether a file of `delivery` speaks for `day` or earlier. One without a date
   counts for the period in which it was received: a day speaks until the month
   after it is over. #}
{% macro speaks_by(delivery, day) -%}
    coalesce(
        {{ delivery }}.as_of <= {{ day }},
        {{ delivery }}.received_on <= {{ add_months(add_days(day, 1), 1) }}
    )
{%- endmacro %}
