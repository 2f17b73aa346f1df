{# What the figures of the offices' ledgers share. #}

{#
  What the rows of a ledger are about, each once, with the columns of a member
  (see figure_members) and `more`: the rows of one `key` are one thing, which
  is told by the first of them. `place`: how far it is placed, in a 'town' or
  in a 'village'; none: it belongs to the county as a whole.
#}
{% macro ledger_facts(relation, key, where='true', place=none, more=[]) -%}
    select
        {{ key }} as member_key,
        cast(null as string) as household_id,
        cast(null as string) as person_key,
        {% for level in ['town', 'village'] -%}
        {%- for column in [level ~ '_code', level ~ '_name'] -%}
        {% if place == level or (place and level == 'town') -%}
        {{ column }},
        {% else -%}
        cast(null as string) as {{ column }},
        {% endif -%}
        {%- endfor -%}
        {%- endfor -%}
        batch_id,
        source_sheet,
        {% for column in more -%}
        {{ column }},
        {% endfor -%}
        source_row
    from {{ relation }}
    where {{ where }}
    qualify {{ is_first_row(key) }}
{%- endmacro %}

{# Whether a row is the first of those of one thing, as the file has them. #}
{% macro is_first_row(key) -%}
    row_number() over (
        partition by {{ key }}
        order by
            batch_id asc nulls last,
            source_sheet asc nulls last,
            source_row asc nulls last
    ) = 1
{%- endmacro %}

{# A name as it is compared: no blanks, and every letter, digit and bracket in
   its plain form (what of NFKC occurs in the names of meetings and visits). #}
{% macro compared_name(text) -%}
    {{ regexp_replace_all(
        "translate(" ~ text ~ ", '"
        ~ "（）［］｛｝：；，．！？－＋／＆＃％＊＝＜＞＠＿～０１２３４５６７８９"
        ~ "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
        ~ "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ', '"
        ~ "()[]{}:;,.!?-+/&#%*=<>@_~0123456789"
        ~ "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        ~ "abcdefghijklmnopqrstuvwxyz')",
        '[\\s　 ]+'
    ) }}
{%- endmacro %}

{# A document's number as it is compared: whatever brackets its year has. #}
{% macro compared_document(text) -%}
    translate({{ compared_name(text) }}, '〔〕【】[]', '()()()')
{%- endmacro %}

{# The row itself, where a ledger gives the thing no number. #}
{% macro row_itself(relation) -%}
    concat_ws(
        '|',
        {{ relation }}.batch_id,
        {{ relation }}.source_sheet,
        cast({{ relation }}.source_row as string)
    )
{%- endmacro %}

{# CTE `programme`: since when the figures "2016 年以来" count. Expects a CTE
   `thresholds`. #}
{% macro programme_start() -%}
    programme as (
        select
            make_date(
                cast({{ threshold('PROGRAMME_FIRST_YEAR') }} as integer), 1, 1
            ) as programme_starts_on
        from thresholds
        where {{ as_of() }} between valid_from and valid_to
    )
{%- endmacro %}

{#
  Whether a thing of a ledger holds on as_of: begun by then, and not ended. An
  end that was written and could not be read is an end. `ended`: what says in
  `status` that it ended, where no date does; blank is the normal state.
#}
{% macro holds_on_as_of(relation, since, until, status=none, ended=none) -%}
    {{ relation }}.{{ since }} <= {{ as_of() }}
    and case
        when {{ relation }}.{{ until }} is not null
            then {{ relation }}.{{ until }} > {{ as_of() }}
        when {{ cell_is_held(relation, until) }} then false
        {% if status -%}
        when {{ cell_is_held(relation, status) }} then false
        when {{ relation }}.{{ status }} is null then true
        else not ({{ ended }})
        {%- else -%}
        else true
        {%- endif %}
    end
{%- endmacro %}

{# A city as it is compared: 广州市 is 广州. #}
{% macro bare_city(name) -%}
    {{ regexp_replace_all(compared_name(name), '市$') }}
{%- endmacro %}

{# The numbers of the months, one row each. #}
{% macro month_numbers() -%}
    {% for month_no in range(1, 13) -%}
    select {{ month_no }} as month_no
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}
