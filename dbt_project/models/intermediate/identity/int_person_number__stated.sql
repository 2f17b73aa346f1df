-- Every number that the register has of a 人编号, with the name beside it. What
-- a later file of the same date replaced is believed of numbers of which no
-- file that holds says anything: it may have been wrong altogether.
with

persons as (
    select * from {{ ref('stg_register_person') }}
),

ever as (
    select * from {{ ref('stg_register_person_ever') }}
),

in_force as (
    select distinct
        id_number,
        register_person_no,
        person_name
    from persons
    where id_number is not null
),

stated as (
    select * from in_force
    union all
    select
        ever.id_number,
        ever.register_person_no,
        ever.person_name
    from ever
    where
        ever.id_number not in (select in_force.id_number from in_force)
)

select * from stated
