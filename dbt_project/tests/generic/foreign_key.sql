{# Every combination of `columns` that holds no null is found in the other
   model's `to_columns`. #}
{% test foreign_key(model, columns, to, to_columns=none) %}

{%- set targets = to_columns or columns %}

select {% for column in columns %}child.{{ column }}{{ ", " if not loop.last }}{% endfor %}
from {{ model }} as child
left join {{ to }} as parent
    on
        {% for column in columns -%}
        child.{{ column }} = parent.{{ targets[loop.index0] }}
        {{ "and" if not loop.last }}
        {% endfor %}
where
    parent.{{ targets[0] }} is null
    {% for column in columns -%}
    and child.{{ column }} is not null
    {% endfor %}

{% endtest %}
