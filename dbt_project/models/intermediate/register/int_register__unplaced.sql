-- People of the registers whose household stands in none: of no town that could
-- be told. Without such people there is no row.
with

persons as (
    select distinct
        register_person_no,
        register_household_no
    from {{ ref('int_register_person__history') }}
),

placed as (
    select * from {{ ref('int_register_household__last_place') }}
),

unplaced as (
    select count(distinct persons.register_person_no) as person_count
    from persons
    left join placed
        on persons.register_household_no = placed.register_household_no
    where placed.register_household_no is null
),

gap as (
    select
        'register_household' as feed,
        person_count
    from unplaced
    where person_count > 0
)

select * from gap
