{# County values of this run as columns, for the identities between figures. #}
{% macro county_values(figure_ids) -%}
    select
        {% for figure_id in figure_ids -%}
        max(case when figure_id = '{{ figure_id }}' then value end)
            as {{ figure_id }}{{ "," if not loop.last }}
        {% endfor %}
    from {{ ref('fct_figure') }}
    where
        as_of = {{ as_of() }}
        and area_level = 'county'
{%- endmacro %}

{# One row per identity that does not hold. #}
{% macro broken_identities(identities) -%}
    {% for name, condition in identities.items() -%}
    select
        '{{ name }}' as identity,
        '{{ condition | replace("'", "''") }}' as condition
    from county
    where not ({{ condition }})
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}
