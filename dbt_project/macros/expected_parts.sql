{#
  The parts that each period of a feed has, as its contract says: named there,
  or every town that has villages. Expects a CTE `towns` (town_name).
#}
{% macro expected_parts() -%}
    {%- set selects = [] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- for part in contract.expected_parts -%}
            {%- do selects.append(
                "select '" ~ feed ~ "' as feed, '" ~ part ~ "' as part"
            ) -%}
        {%- endfor -%}
        {%- if contract.expects_towns -%}
            {%- do selects.append(
                "select '" ~ feed ~ "' as feed, town_name as part from towns"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ selects | join('\n    union all\n    ') }}
{%- endmacro %}
