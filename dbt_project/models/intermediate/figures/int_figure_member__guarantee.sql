{% set specs = [] %}
{% for name in counted_guarantees() -%}
    {%- do specs.extend(rate_specs(
        'grt_' ~ name,
        name ~ "_state = 'MET'",
        name ~ "_state <> 'NOT_APPLICABLE'",
        state=name ~ '_state',
        source=name ~ '_evidence'
    )) -%}
{%- endfor -%}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

{% for name in counted_guarantees() -%}
{{ name }}_states as (
    select * from {{ ref('int_household__' ~ name) }}
),

{% endfor -%}

facts as (
    select
        households.household_id as member_key,
        households.household_id,
        cast(null as string) as person_key,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        households.batch_id,
        households.source_sheet,
        {% for name in counted_guarantees() -%}
        {{ guarantee_columns(name ~ '_states', name) }},
        {% endfor -%}
        households.source_row
    from households
    left join located
        on households.household_id = located.household_id
    {% for name in counted_guarantees() -%}
    inner join {{ name }}_states
        on households.household_id = {{ name }}_states.household_id
    {% endfor -%}
),

members as (
    {{ figure_members('facts', specs) }}
)

select * from members
