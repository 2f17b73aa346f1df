{# Members that are people of the register. #}

{#
  Rows of `relation` that are about registered persons, with the columns of a
  member: one per `key`, which is the person, placed with his household.
  Expects a CTE `persons` over int_register_person__placed.
#}
{% macro person_facts(relation, where, key='persons.person_key', more=[]) -%}
    select
        {{ key }} as member_key,
        persons.household_id,
        persons.person_key,
        persons.town_code,
        persons.town_name,
        persons.village_code,
        persons.village_name,
        {{ relation }}.batch_id,
        {{ relation }}.source_sheet,
        {% for column in more -%}
        {{ relation }}.{{ column }},
        {% endfor -%}
        {{ relation }}.source_row
    from {{ relation }}
    inner join persons
        on {{ relation }}.person_key = persons.person_key
    where {{ where }}
    qualify {{ is_first_row('member_key') }}
{%- endmacro %}
