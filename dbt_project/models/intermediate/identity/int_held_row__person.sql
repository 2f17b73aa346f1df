-- Whom a held row may be about: by name, by number but for what is damaged in
-- it, or by 户编号. Nobody may be called absent from a feed with such a row.
with

candidates as (
    select * from {{ ref('int_held_row__candidates') }}
),

held_people as (
    select * from {{ ref('stg_held_person') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

-- Rows from before people of held rows were kept apart have their first name.
named as (
    select
        candidates.feed,
        coalesce(held_people.person_name, candidates.person_name)
            as person_name,
        held_people.register_household_no,
        {{ regexp_replace_all(
            "upper(held_people.id_number_text)", '[^0-9X]'
        ) }} as damaged_number,
        candidates.speaks_for_on
    from candidates
    left join held_people
        on
            candidates.batch_id = held_people.batch_id
            and candidates.source_sheet
            = coalesce(held_people.source_sheet, '')
            and candidates.source_row = held_people.source_row
),

numbered as (
    select *
    from named
    where length(damaged_number) between 14 and 20
),

-- One wrong or missing place leaves two thirds of a number as they are.
alike as (
    {% for left, right in [(12, 0), (0, 12), (6, 6)] -%}
        select
            numbered.feed,
            persons.register_person_no,
            persons.household_id,
            numbered.speaks_for_on,
            true as is_by_number
        from numbered
        inner join persons
            on
                left(numbered.damaged_number, {{ left }})
                = left(persons.id_number, {{ left }})
                and right(numbered.damaged_number, {{ right }})
                = right(persons.id_number, {{ right }})
        where levenshtein(numbered.damaged_number, persons.id_number) <= 2
        union all
    {% endfor %}
    -- what a spreadsheet leaves of a number: the last three places are 0
    select
        numbered.feed,
        persons.register_person_no,
        persons.household_id,
        numbered.speaks_for_on,
        true as is_by_number
    from numbered
    inner join persons
        on left(numbered.damaged_number, 15) = left(persons.id_number, 15)
    where numbered.damaged_number like '%000'
),

possible as (
    select
        named.feed,
        persons.register_person_no,
        persons.household_id,
        named.speaks_for_on,
        false as is_by_number
    from named
    inner join persons
        on named.person_name = persons.person_name
    union all
    select * from alike
    union all
    -- with a number that two persons have had
    select
        feed,
        register_person_no,
        household_id,
        speaks_for_on,
        true as is_by_number
    from {{ ref('int_person__contested') }}
    where not is_settled
    union all
    -- a member of the household, nobody knows which
    select
        named.feed,
        cast(null as string) as register_person_no,
        {{ household_id('named.register_household_no') }} as household_id,
        named.speaks_for_on,
        false as is_by_number
    from named
    where named.register_household_no is not null
),

summed_up as (
    select
        feed,
        register_person_no,
        household_id,
        max(speaks_for_on) as speaks_for_on,
        bool_or(is_by_number) as is_by_number
    from possible
    group by feed, register_person_no, household_id
)

select * from summed_up
