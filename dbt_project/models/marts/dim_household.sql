{{ config(**partition_config()) }}

with

households as (
    select * from {{ ref('int_register_household__current') }}
),

places as (
    select * from {{ ref('int_household__located') }}
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
        {{ without_id_numbers('households.head_name') }} as head_name,
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
)

select * from final
