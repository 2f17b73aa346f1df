with

persons as (
    select * from {{ ref('stg_register_person') }}
),

person_hash_key as (
    select * from {{ ref('stg_person_hash_key') }}
),

registers as (
    select
        speaks_for_on,
        lead(speaks_for_on) over (order by speaks_for_on asc nulls last)
            as next_speaks_for_on
    from (select distinct speaks_for_on from persons) as distinct_registers
),

identified as (
    select
        {{ person_key(
            'coalesce(persons.id_number, persons.register_person_no)'
        ) }} as person_key,
        {{ household_id('persons.register_household_no') }} as household_id,
        persons.register_person_no,
        persons.register_household_no,
        persons.id_number,
        persons.person_name,
        persons.sex,
        persons.relation_code,
        persons.schooling_level,
        persons.student_status,
        persons.health_status,
        persons.labour_capacity,
        persons.not_in_school_reason,
        case
            when persons.id_number is null then 'register_no'
            else 'exact_id'
        end as link_method,
        persons.batch_id,
        persons.source_sheet,
        persons.source_row,
        persons.is_latest,
        persons.birth_on,
        persons.speaks_for_on as in_force_from,
        registers.next_speaks_for_on as in_force_until
    from persons
    cross join person_hash_key
    inner join registers
        on persons.speaks_for_on = registers.speaks_for_on
)

select * from identified
