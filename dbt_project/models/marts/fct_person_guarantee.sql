{{ config(**partition_config()) }}
{% set names = ['education', 'medical', 'education_subsidy'] %}
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

{% for name in names -%}
{{ name }}_states as (
    select * from {{ ref('int_person__' ~ name) }}
),

{% endfor -%}

reasons as (
    select * from {{ ref('reason') }}
),

final as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        persons.register_household_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        {% for name in names -%}
        {{ guarantee_columns(name ~ '_states', name) }},
        {{ name }}_reason.sentence as {{ name }}_reason
        {{- "," if not loop.last }}
        {% endfor %},
        {{ as_of() }} as as_of
    from persons
    left join located
        on persons.household_id = located.household_id
    {% for name in names -%}
    inner join {{ name }}_states
        on persons.register_person_no = {{ name }}_states.register_person_no
    left join reasons as {{ name }}_reason
        on
            {{ name }}_states.{{ name }}_reason_code
            = {{ name }}_reason.reason_code
    {% endfor %}
)

select * from final
