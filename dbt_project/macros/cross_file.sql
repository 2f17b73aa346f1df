{# The checks between feeds that the contracts declare, as SQL. #}

{#
  Per check every row that it asks about: of a snapshot those of the latest
  date, of events those of the last months before as_of. Wants the CTEs `basis`
  and `towns` and `villages` (see located_joins), and `former_numbers`.
#}
{% macro cross_file_references() -%}
    {% for check in cross_file_checks() -%}
    select
        '{{ check.code }}' as code,
        asking.batch_id,
        asking.source_sheet,
        {{ cross_file_value(check) }} as value,
        {{ cross_file_scope(check, 'asking') }} as scope,
        {{ cross_file_shown(check) }} as value_shown,
        {{ cross_file_text(check.name) }} as subject_name,
        {{ cross_file_text(check.town) }} as town_name,
        {{ cross_file_text(check.village) }} as village_name,
        {{ 'cast(asking.' ~ check.column ~ ' as bigint)'
            if check.kind == 'counts_match' else 'cast(null as bigint)' }}
            as stated_count,
        asking.source_row,
        asking.speaks_for_on
    from {{ ref('stg_' ~ check.feed) }} as asking
    {% if check.kind == 'known_place' -%}
    {{ located_joins('asking') }}
    {% elif check.kind == 'current_number' -%}
    inner join former_numbers
        on
            former_numbers.feed = '{{ check.feed }}'
            and asking.batch_id = former_numbers.batch_id
            and asking.source_sheet = former_numbers.source_sheet
            and asking.source_row = former_numbers.source_row
    {% endif -%}
    where
        {% if check.kind == 'current_number' -%}
        {{ source_item(check.feed, 'asking') }} = 1
        {% else -%}
        asking.{{ check.key }} is not null
        and asking.{{ check.column }} is not null
        {% endif -%}
        {% if check.is_event -%}
        and asking.speaks_for_on > (select basis.events_after_on from basis)
        {% else -%}
        and asking.is_latest
        {% endif -%}
        {% if check.kind == 'known_place' -%}
        and towns.town_code is not null
        {% endif -%}
        {% if check.when -%}
        and cast(asking.{{ check.when }} as string) in (
            '{{ check["values"] | join("', '") }}'
        )
        {% endif -%}
    {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# What is looked up; of a place the village's code, which no unknown has. #}
{% macro cross_file_value(check) -%}
    {%- if check.kind == 'known_place' -%}
    coalesce(exact_village.village_code, loose_village.village_code, '')
    {%- elif check.kind == 'current_number' -%}
    cast(null as string)
    {%- else -%}
    cast(asking.{{ check.key }} as string)
    {%- endif -%}
{%- endmacro %}


{# What a row is compared within: everything, its date, or a year. #}
{% macro cross_file_scope(check, relation) -%}
    {%- if check.scope == 'date' -%}
    cast({{ relation }}.speaks_for_on as string)
    {%- elif check.scope == 'year' -%}
    cast(extract(year from {{ relation }}.{{ check.year }}) as string)
    {%- else -%}
    ''
    {%- endif -%}
{%- endmacro %}


{# The cell as it may be shown: no ID number. #}
{% macro cross_file_shown(check) -%}
    {%- if check.kind == 'current_number' -%}
    {{ return('cast(null as string)') }}
    {%- endif -%}
    {%- set text = 'cast(asking.' ~ check.column ~ ' as string)' -%}
    {{ masked_id(text) if check.is_id_number else text }}
{%- endmacro %}


{% macro cross_file_text(column) -%}
    {{ 'asking.' ~ column if column else 'cast(null as string)' }}
{%- endmacro %}


{# What of all that is looked up is there (the CTE `asked` has lookup and
   value), with the number of rows that have it; rows without a readable key
   are there by the name they speak of. #}
{% macro cross_file_keys(asked) -%}
    {% for lookup in cross_file_lookups() -%}
    select
        '{{ lookup.lookup }}' as lookup,
        cast(other.{{ lookup.column }} as string) as value,
        {{ 'cast(other.' ~ lookup.year ~ ' as string)'
            if lookup.scope == 'year'
            else cross_file_scope(lookup, 'other') }} as scope,
        {{ 'other.' ~ lookup.name if lookup.name else 'cast(null as string)' }}
            as subject_name,
        count(*) as row_count
    from {{ ref('stg_' ~ lookup.feed) }} as other
    where
        other.{{ lookup.column }} in (
            select {{ asked }}.value
            from {{ asked }}
            where {{ asked }}.lookup = '{{ lookup.lookup }}'
        )
        {% if lookup.name -%}
        or other.{{ lookup.column }} is null
        {% endif -%}
    group by 1, 2, 3, 4
    {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# The declarations themselves, one row per check. #}
{% macro cross_file_declarations() -%}
    {% for check in cross_file_checks() -%}
    select
        {% for name in [
            'code', 'kind', 'feed', 'header', 'other_feed', 'other_title',
            'lookup', 'scope', 'message', 'remedy'
        ] -%}
        '{{ check[name] }}' as {{ 'scope_kind' if name == 'scope' else name }},
        {% endfor -%}
        {{ check.part_count }} as part_count
    {{ "union all" if not loop.last }}
    {% endfor %}
{%- endmacro %}


{# A sentence of the declarations with the words of its row. #}
{% macro with_row_words(message, relation) -%}
    replace(replace(replace(replace(
        {{ message }},
        '{row}', cast({{ relation }}.source_row as string)),
        '{value}', coalesce({{ relation }}.value_shown, '')),
        '{found}', cast({{ relation }}.found_count as string)),
        '{place}', coalesce({{ relation }}.town_name, ''))
{%- endmacro %}
