{# Date arithmetic that DuckDB and Spark SQL spell differently. #}

{# Days from `earlier` to `later`, negative where they are the other way. #}
{% macro date_diff_days(earlier, later) -%}
    {{ adapter.dispatch('date_diff_days', 'sanbao')(earlier, later) }}
{%- endmacro %}

{% macro default__date_diff_days(earlier, later) -%}
    date_diff('day', {{ earlier }}, {{ later }})
{%- endmacro %}

{% macro spark__date_diff_days(earlier, later) -%}
    cast(datediff({{ later }}, {{ earlier }}) as bigint)
{%- endmacro %}


{# A date `days` (an integer expression, may be negative) after `day`. #}
{% macro add_days(day, days) -%}
    {{ adapter.dispatch('add_days', 'sanbao')(day, days) }}
{%- endmacro %}

{% macro default__add_days(day, days) -%}
    cast({{ day }} + to_days(cast({{ days }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_days(day, days) -%}
    date_add({{ day }}, cast({{ days }} as int))
{%- endmacro %}


{% macro add_months(day, months) -%}
    {{ adapter.dispatch('add_months', 'sanbao')(day, months) }}
{%- endmacro %}

{% macro default__add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}

{% macro spark__add_months(day, months) -%}
    add_months({{ day }}, cast({{ months }} as int))
{%- endmacro %}


{# The county's calendar day of a UTC timestamp. #}
{% macro local_date(moment) -%}
    cast({{ moment }} + interval '8' hour as date)
{%- endmacro %}


{# The first day of that month (1 to 12) in the year of `day`. #}
{% macro month_of(day, month) -%}
    make_date(
        cast(extract(year from {{ day }}) as integer),
        cast({{ month }} as integer),
        1
    )
{%- endmacro %}


{% macro month_start(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}


{# Text to date by a strptime format of %Y, %m and %d; null where it is none. #}
{% macro parse_date(text, format='%Y-%m-%d') -%}
    {{ adapter.dispatch('parse_date', 'sanbao')(text, format) }}
{%- endmacro %}

{% macro default__parse_date(text, format) -%}
    cast(try_strptime({{ text }}, '{{ format }}') as date)
{%- endmacro %}

{% macro spark__parse_date(text, format) -%}
    {%- set pattern = format
        | replace('%Y', 'yyyy') | replace('%m', 'MM') | replace('%d', 'dd') -%}
    cast(try_to_timestamp({{ text }}, '{{ pattern }}') as date)
{%- endmacro %}


{# Whole years of age on `day`. By calendar parts: the engines' own functions
   disagree about people born on 29 February. #}
{% macro age_on(birth, day) -%}
    cast(
        extract(year from {{ day }}) - extract(year from {{ birth }})
        - case
            when
                extract(month from {{ day }}) * 100
                + extract(day from {{ day }})
                < extract(month from {{ birth }}) * 100
                + extract(day from {{ birth }})
                then 1
            else 0
        end as integer
    )
{%- endmacro %}


{# A date as people write it: 2019年12月31日. #}
{% macro chinese_day(day) -%}
    cast(extract(year from {{ day }}) as string)
    || '年'
    || cast(extract(month from {{ day }}) as string)
    || '月'
    || cast(extract(day from {{ day }}) as string)
    || '日'
{%- endmacro %}
