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

written as (
    select
        households.head_name,
        places.natural_village_name
    from households
    inner join places
        on households.household_id = places.household_id
),

shown as (
    {{ shown_texts('written', ['head_name', 'natural_village_name']) }}
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
        shown_natural_village_name.shown_text as natural_village_name,
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
    {{ join_shown_texts('households', ['head_name']) }}
    {{- join_shown_texts('places', ['natural_village_name']) }}
    left join named_heads
        on
            households.household_id = named_heads.household_id
            and shown_head_name.shown_text = named_heads.person_name
)

select * from final
