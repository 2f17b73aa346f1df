with

persons as (
    select * from {{ ref('stg_register_person') }}
),

person_hash_key as (
    select * from {{ ref('stg_person_hash_key') }}
),

holders as (
    select * from {{ ref('int_person_number__holder') }}
),

-- An older register without the number, the newest with it.
namesakes as (
    select
        register_person_no,
        current_name,
        person_key
    from holders
    where is_current and not is_contested
),

parts as (
    select distinct
        part,
        speaks_for_on
    from {{ ref('stg_delivery_part') }}
    where feed = 'register_person'
),

-- Towns that send their files by themselves have registers of their own.
registers as (
    select
        part,
        speaks_for_on,
        lead(speaks_for_on) over (
            partition by part order by speaks_for_on asc nulls last
        ) as next_speaks_for_on
    from parts
),

dates as (
    select
        speaks_for_on,
        lead(speaks_for_on) over (order by speaks_for_on asc nulls last)
            as next_speaks_for_on
    from (select distinct speaks_for_on from persons) as distinct_dates
),

identified as (
    select
        coalesce(
            holders.person_key,
            namesakes.person_key,
            {{ person_key('persons.register_person_no') }}
        ) as person_key,
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
        persons.held_cells,
        persons.source_row,
        persons.is_latest,
        persons.id_number is not null
        or namesakes.person_key is not null as is_identified,
        persons.birth_on,
        persons.speaks_for_on as in_force_from,
        case
            when not persons.is_latest
                then coalesce(
                    registers.next_speaks_for_on, dates.next_speaks_for_on
                )
        end as in_force_until
    from persons
    cross join person_hash_key
    inner join dates
        on persons.speaks_for_on = dates.speaks_for_on
    left join registers
        on
            persons.part = registers.part
            and persons.speaks_for_on = registers.speaks_for_on
    left join holders
        on
            persons.id_number = holders.id_number
            and persons.register_person_no = holders.register_person_no
    -- equality alone: a condition on one side would compare each with each
    left join namesakes
        on
            case
                when persons.id_number is null then persons.register_person_no
            end = namesakes.register_person_no
            and persons.person_name = namesakes.current_name
)

select * from identified
