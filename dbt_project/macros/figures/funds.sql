{# Money that comes in and goes out, by the vouchers of the finance office. #}

{#
  Entries of `relation` since the programme began, of the sources that `rule`
  names, each once, with the columns of a ledger's row and its `net_yuan`.
  `content`: the columns that say which entry it is; `more`: others to keep. An entry without a number
  that came in several files is one: as many of it count as one file has.
  Expects the CTEs `programme` and `rule_codes`.
#}
{% macro counted_entries(relation, paid_on, rule, content, more=[]) -%}
    told as (
        select
            {{ relation }}.batch_id,
            {{ relation }}.source_sheet,
            {{ relation }}.net_yuan,
            {{ relation }}.source_row,
            {% for column in more -%}
            {{ relation }}.{{ column }},
            {% endfor -%}
            concat_ws(
                '|',
                {% for column in content -%}
                coalesce(cast({{ relation }}.{{ column }} as string), ''),
                {% endfor -%}
                cast({{ relation }}.net_yuan as string)
            ) as content
        from {{ relation }}
        cross join programme
        where
            {{ relation }}.fund_source in {{ codes_of(rule) }}
            and {{ relation }}.{{ paid_on }}
            between programme.programme_starts_on and {{ as_of() }}
    ),

    numbered as (
        select
            *,
            row_number() over (
                partition by content, batch_id
                order by source_sheet asc nulls last, source_row asc nulls last
            ) as place
        from told
    ),

    entries as (
        select
            md5(concat_ws('|', content, cast(place as string))) as entry_key,
            batch_id,
            source_sheet,
            net_yuan,
            {% for column in more -%}
            {{ column }},
            {% endfor -%}
            source_row
        from numbered
        qualify {{ is_first_row("content, place") }}
    )
{%- endmacro %}
