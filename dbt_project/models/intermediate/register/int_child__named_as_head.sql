-- Children whose household's head has the same name: who reads the head's name
-- beside such a child has read the child's.
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

shown as (
    select * from {{ ref('int_person__shown') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

namesakes as (
    select persons.register_person_no
    from persons
    inner join shown
        on persons.register_person_no = shown.register_person_no
    inner join households
        on persons.household_id = households.household_id
    where
        not shown.is_named
        and persons.person_name = households.head_name
)

select * from namesakes
