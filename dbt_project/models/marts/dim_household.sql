{{ config(**partition_config()) }}

with

households as (
    select * from {{ ref('int_register_household__current') }}
),

places as (
    select * from {{ ref('int_household__located') }}
),

-- A head of whom the register has no row, or no age, may be a child.
named_heads as (
    select distinct
        household_id,
        person_name
    from {{ ref('int_person__shown') }}
    where is_named
),

final as (
    select
        households.household_id,
        households.register_household_no,
        places.town_code,
        places.town_name,
        places.village_code,
        places.village_name,
        places.natural_village_id,
        {{ without_id_numbers('places.natural_village_name') }}
            as natural_village_name,
        named_heads.person_name as head_name,
        households.poverty_type,
        households.labour_state,
        households.member_count,
        households.is_lifted,
        households.is_exited,
        -- the register knows the year alone
        make_date(households.registered_year, 1, 1) as registered_on,
        make_date(households.lifted_year, 1, 1) as lifted_on,
        households.exited_on,
        {{ as_of() }} as as_of
    from households
    inner join places
        on households.household_id = places.household_id
    left join named_heads
        on
            households.household_id = named_heads.household_id
            and {{ without_id_numbers('households.head_name') }}
            = named_heads.person_name
)

select * from final
