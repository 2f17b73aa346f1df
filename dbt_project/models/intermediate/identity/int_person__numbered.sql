-- The rows in force that have a number which is or was a registered person's,
-- one per column of numbers, with the name that stands beside it.
with

holders as (
    select * from {{ ref('int_person_number__holder') }}
),

-- A number that is not contested is of one person, whoever had it.
known as (
    select
        id_number,
        case when not bool_or(is_contested) then max(person_key) end
            as person_key,
        bool_or(is_alias) as is_former
    from holders
    group by id_number
),

numbered as (
    {{ numbered_rows('known') }}
)

select * from numbered
