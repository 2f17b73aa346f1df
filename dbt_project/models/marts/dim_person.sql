{{ config(**partition_config()) }}

with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

places as (
    select * from {{ ref('int_household__located') }}
),

final as (
    select
        persons.person_key,
        persons.household_id,
        persons.register_person_no,
        places.town_code,
        {{ town_name_or_other('places.town_name') }} as town_name,
        places.village_code,
        places.village_name,
        {{ without_id_numbers('persons.person_name') }} as person_name,
        {{ masked_id('persons.id_number') }} as id_number_masked,
        persons.sex as sex_code,
        persons.relation_code,
        persons.student_status,
        persons.labour_capacity,
        persons.link_method,
        persons.birth_on,
        {{ as_of() }} as as_of
    from persons
    left join places
        on persons.household_id = places.household_id
)

select * from final
