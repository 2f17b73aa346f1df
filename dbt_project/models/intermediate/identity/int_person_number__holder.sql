-- Whose a number is that the register has, or had: a person whose number was
-- changed keeps the old one, unless another human may have it.
with

persons as (
    select * from {{ ref('stg_register_person') }}
),

person_hash_key as (
    select * from {{ ref('stg_person_hash_key') }}
),

stated as (
    select * from {{ ref('int_person_number__stated') }}
),

held as (
    select
        id_number,
        register_person_no,
        max(person_name) as person_name,
        count(distinct person_name) as name_count
    from stated
    group by id_number, register_person_no
),

-- The same 人编号 with another number: the same human where the name stayed.
holders as (
    select
        held.id_number,
        held.register_person_no,
        held.person_name,
        held.name_count,
        today.register_household_no,
        today.id_number as current_id_number,
        today.person_name as current_name,
        coalesce(today.id_number = held.id_number, false) as is_current,
        coalesce(today.id_number <> held.id_number, false) as is_former,
        coalesce(
            held.name_count = 1 and today.person_name = held.person_name,
            false
        ) as is_same_human
    from held
    left join persons as today
        on
            held.register_person_no = today.register_person_no
            and today.is_latest
            and today.id_number is not null
),

numbers as (
    select
        id_number,
        bool_or(is_current) as has_current,
        bool_or(is_former) as has_former,
        bool_or(is_former and is_same_human) as has_same_human,
        bool_and(is_same_human or not is_former)
        and count(distinct person_name) = 1
        and max(name_count) = 1
        and count(distinct case when is_former then current_id_number end) = 1
            as is_of_one_human,
        max(case when is_former then current_id_number end)
            as changed_id_number
    from holders
    group by id_number
),

judged as (
    select
        holders.*,
        numbers.has_current,
        not numbers.has_current
        and numbers.has_former
        and numbers.is_of_one_human as is_alias,
        case
            when numbers.has_current then numbers.has_same_human
            else numbers.has_former and not numbers.is_of_one_human
        end as is_contested,
        numbers.changed_id_number
    from holders
    inner join numbers
        on holders.id_number = numbers.id_number
),

-- Of a contested number whoever has it and whoever had it may be meant.
placed as (
    select
        *,
        is_contested
        and (
            is_current or (is_former and (is_same_human or not has_current))
        ) as is_candidate,
        case
            when is_alias then changed_id_number
            when is_former and is_same_human then current_id_number
            else id_number
        end as person_id_number
    from judged
),

final as (
    select
        placed.id_number,
        placed.register_person_no,
        {{ person_key('placed.person_id_number') }} as person_key,
        case
            when placed.is_candidate
                then {{ person_key('placed.current_id_number') }}
        end as candidate_key,
        {{ household_id('placed.register_household_no') }} as household_id,
        placed.current_name,
        placed.is_current,
        placed.is_alias,
        placed.is_contested,
        placed.is_candidate
    from placed
    cross join person_hash_key
)

select * from final
