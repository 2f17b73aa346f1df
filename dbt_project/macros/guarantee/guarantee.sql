{# Thresholds, order of states, and roll-up: what all guarantees share. #}

{# Aggregate over the seed `threshold`: the value that is in force on `as_of`. #}
{% macro threshold(code, class='all') -%}
    max(case
        when code = '{{ code }}' and class = '{{ class }}' then value
    end)
{%- endmacro %}

{# Which state decides where several meet: what is lacking before what is not
   known, what is not known before what is fulfilled. #}
{% macro state_rank(state) -%}
    case {{ state }}
        when 'NOT_MET' then 1
        when 'UNKNOWN' then 2
        when 'MET' then 3
        when 'EXEMPT' then 4
        when 'NOT_APPLICABLE' then 5
    end
{%- endmacro %}

{# The five guarantees that `is_guaranteed` covers. #}
{% macro counted_guarantees() -%}
    {{ return(['education', 'medical', 'housing', 'water', 'safety_net']) }}
{%- endmacro %}

{# Evidence columns of one guarantee, named after it. #}
{% macro guarantee_columns(relation, name) -%}
    {{ relation }}.{{ name }}_state,
    {{ relation }}.{{ name }}_reason_code,
    {{ relation }}.{{ name }}_evidence_batch_id,
    {{ without_id_numbers(relation ~ '.' ~ name ~ '_evidence_sheet') }}
        as {{ name }}_evidence_sheet,
    {{ relation }}.{{ name }}_evidence_row
{%- endmacro %}

{#
  Households from their members: the member whose state decides lends the
  household its state, reason and evidence. A household without member rows is
  UNKNOWN: nobody can say that nobody is in scope.
#}
{% macro roll_up_to_household(name, nobody_in_scope) -%}
    deciding as (
        select
            household_id,
            {{ name }}_state,
            {{ name }}_reason_code,
            {{ name }}_evidence_batch_id,
            {{ name }}_evidence_sheet,
            {{ name }}_evidence_row
        from persons
        qualify
            row_number() over (
                partition by household_id
                order by
                    {{ state_rank(name ~ '_state') }} asc nulls last,
                    register_person_no asc nulls last
            ) = 1
    ),

    rolled_up as (
        select
            households.household_id,
            coalesce(deciding.{{ name }}_state, 'UNKNOWN') as {{ name }}_state,
            case
                when deciding.household_id is null then 'NO_MEMBERS'
                when deciding.{{ name }}_state = 'NOT_APPLICABLE'
                    then '{{ nobody_in_scope }}'
                else deciding.{{ name }}_reason_code
            end as {{ name }}_reason_code,
            deciding.{{ name }}_evidence_batch_id,
            deciding.{{ name }}_evidence_sheet,
            deciding.{{ name }}_evidence_row
        from households
        left join deciding
            on households.household_id = deciding.household_id
    )
{%- endmacro %}

{# How many of the five guarantees have this state. #}
{% macro count_of_state(state) -%}
    {% for name in counted_guarantees() -%}
    case
        when {{ name }}_state = '{{ state }}' then 1
        else 0
    end
    {{ "+" if not loop.last }}
    {% endfor -%}
{%- endmacro %}
