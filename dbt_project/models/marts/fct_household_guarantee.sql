{{ config(**partition_config()) }}
{% set counted = counted_guarantees() %}
{% set names = counted + ['food', 'clothing'] %}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

{% for name in counted -%}
{{ name }}_states as (
    select * from {{ ref('int_household__' ~ name) }}
),

{% endfor -%}

survey_states as (
    select * from {{ ref('int_household__survey') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

joined as (
    select
        households.household_id,
        households.register_household_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        {% for name in counted -%}
        {{ guarantee_columns(name ~ '_states', name) }},
        {% endfor -%}
        {% for name in ['food', 'clothing'] -%}
        {{ guarantee_columns('survey_states', name) }},
        {% endfor -%}
        water_states.water_quality_state,
        water_states.water_quality_reason_code
    from households
    left join located
        on households.household_id = located.household_id
    {% for name in counted -%}
    inner join {{ name }}_states
        on households.household_id = {{ name }}_states.household_id
    {% endfor -%}
    inner join survey_states
        on households.household_id = survey_states.household_id
),

counted as (
    select
        *,
        {{ count_of_state(counted, 'NOT_MET') }} as not_met_count,
        {{ count_of_state(counted, 'UNKNOWN') }} as unknown_count
    from joined
),

final as (
    select
        counted.household_id,
        counted.register_household_no,
        counted.town_code,
        counted.town_name,
        counted.village_code,
        counted.village_name,
        {% for name in names -%}
        {{ guarantee_columns('counted', name) }},
        {{ name }}_reason.sentence as {{ name }}_reason,
        {% endfor -%}
        counted.water_quality_state,
        counted.water_quality_reason_code,
        counted.not_met_count,
        counted.unknown_count,
        counted.not_met_count + counted.unknown_count = 0 as is_guaranteed,
        {{ as_of() }} as as_of
    from counted
    {% for name in names -%}
    left join reasons as {{ name }}_reason
        on counted.{{ name }}_reason_code = {{ name }}_reason.reason_code
    {% endfor %}
)

select * from final
