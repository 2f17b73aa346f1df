{{ config(**partition_config()) }}

with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

shown as (
    select * from {{ ref('int_person__shown') }}
),

places as (
    select * from {{ ref('int_household__located') }}
),

final as (
    select
        persons.person_key,
        shown.person_handle,
        persons.household_id,
        persons.register_person_no,
        places.town_code,
        {{ town_name_or_other('places.town_name') }} as town_name,
        places.village_code,
        places.village_name,
        shown.person_name,
        shown.id_number_masked,
        persons.sex as sex_code,
        persons.relation_code,
        persons.student_status,
        persons.labour_capacity,
        persons.link_method,
        shown.birth_year,
        {{ as_of() }} as as_of
    from persons
    inner join shown
        on persons.register_person_no = shown.register_person_no
    left join places
        on persons.household_id = places.household_id
)

select * from final
