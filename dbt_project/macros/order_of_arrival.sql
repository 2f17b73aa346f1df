{#
  Which of two deliveries came later: their number in the order of arrival
  decides, never the clock, which may jump. What was received before numbers
  were kept has none and came before everything that has one; among itself its
  time decides.
#}
{% macro newest_first(what='received', of=none) -%}
    {%- set columns = of ~ '.' ~ what if of else what -%}
    coalesce({{ columns }}_no, 0) desc nulls last,
    {{ columns }}_at desc nulls last
{%- endmacro %}


{% macro oldest_first(what='received', of=none) -%}
    {%- set columns = of ~ '.' ~ what if of else what -%}
    coalesce({{ columns }}_no, 0) asc nulls last,
    {{ columns }}_at asc nulls last
{%- endmacro %}


{# Whether `one` arrived before `other`; with `keys`, those decide a tie. #}
{% macro arrived_before(
    one, other, other_what='received', one_key=none, other_key=none
) -%}
    (
        coalesce({{ one }}.received_no, 0),
        {{ one }}.received_at{{ ', ' ~ one_key if one_key }}
    )
    < (
        coalesce({{ other }}.{{ other_what }}_no, 0),
        {{ other }}.{{ other_what }}_at{{ ', ' ~ other_key if other_key }}
    )
{%- endmacro %}
