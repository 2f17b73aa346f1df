{# Each state is one of the five, and is the state of the reason it names. #}
{% test states_and_reasons(model, unit) %}

{% for guarantee in guarantees_of(unit) -%}
{% set name = guarantee.name -%}
select
    '{{ name }}' as guarantee,
    judged.{{ name }}_state as state,
    judged.{{ name }}_reason_code as reason_code
from {{ model }} as judged
left join {{ ref('reason') }} as reasons
    on judged.{{ name }}_reason_code = reasons.reason_code
where
    reasons.reason_code is null
    or judged.{{ name }}_state is null
    or judged.{{ name }}_state <> reasons.state
    or {{ state_rank('judged.' ~ name ~ '_state') }} is null
{% if not loop.last -%} union all {%- endif %}
{% endfor %}

{% endtest %}
