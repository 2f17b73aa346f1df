{# Columns of water_quality_test that are compared with limits. #}
{% macro water_items() -%}
    {{ return([
        'arsenic_mg_l',
        'fluoride_mg_l',
        'colony_count',
        'coliform',
        'turbidity_ntu',
        'ph',
    ]) }}
{%- endmacro %}

{#
  One test value against one limit: 'PASS', 'FAIL', or 'OPEN' where the
  laboratory wrote only "less than" or "more than" and the limit lies beyond.
  Not detected passes every upper limit.
#}
{% macro water_result(value, value_op, bound, bound_op) -%}
    case
        when {{ value_op }} = 'ND'
            then case when {{ bound_op }} = '<=' then 'PASS' else 'OPEN' end
        when {{ bound_op }} = '<=' and {{ value_op }} = '='
            then case when {{ value }} <= {{ bound }} then 'PASS' else 'FAIL' end
        when {{ bound_op }} = '<=' and {{ value_op }} = '<'
            then case when {{ value }} <= {{ bound }} then 'PASS' else 'OPEN' end
        when {{ bound_op }} = '<=' and {{ value_op }} = '>'
            then case when {{ value }} >= {{ bound }} then 'FAIL' else 'OPEN' end
        when {{ bound_op }} = '>=' and {{ value_op }} = '='
            then case when {{ value }} >= {{ bound }} then 'PASS' else 'FAIL' end
        when {{ bound_op }} = '>=' and {{ value_op }} = '<'
            then case when {{ value }} <= {{ bound }} then 'FAIL' else 'OPEN' end
        when {{ bound_op }} = '>=' and {{ value_op }} = '>'
            then case when {{ value }} >= {{ bound }} then 'PASS' else 'OPEN' end
    end
{%- endmacro %}

{# One row per report and item that was measured. #}
{% macro water_measurements(relation) -%}
    {% for item in water_items() -%}
    select
        report_no,
        '{{ item }}' as item,
        {{ item }}_op as value_op,
        {{ item }} as value,
        sampled_on
    from {{ relation }}
    where {{ item }}_op = 'ND' or {{ item }} is not null
    {% if not loop.last -%} union all {%- endif %}
    {% endfor -%}
{%- endmacro %}
