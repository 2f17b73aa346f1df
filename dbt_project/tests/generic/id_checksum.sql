{# An ID number has 18 characters and the right check digit (GB 11643);
   nulls pass. The failing rows show no number. #}
{% test id_checksum(model, column_name) %}

{%- set weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] %}

select count(*) as wrong_count
from {{ model }}
where
    {{ column_name }} is not null
    and (
        not {{ regexp_found(column_name, '^[0-9]{17}[0-9X]$') }}
        or substr(
            '10X98765432',
            (
                {% for weight in weights -%}
                {{ weight }} * coalesce(try_cast(
                    substr({{ column_name }}, {{ loop.index }}, 1) as integer
                ), 0){{ " +" if not loop.last }}
                {% endfor -%}
            ) % 11 + 1,
            1
        ) <> substr({{ column_name }}, 18, 1)
    )
having count(*) > 0

{% endtest %}
