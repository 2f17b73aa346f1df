with

households as (
    select * from {{ ref('stg_register_household') }}
),

-- A household that moved stands in the older register of the town it left.
current_households as (
    select *
    from households
    where is_latest
    qualify
        row_number() over (
            partition by register_household_no
            order by
                speaks_for_on desc nulls last,
                batch_id desc nulls last,
                source_row desc nulls last
        ) = 1
),

identified as (
    select
        {{ household_id('register_household_no') }} as household_id,
        register_household_no,
        town_name,
        village_name,
        natural_village_name,
        head_name,
        head_id_number,
        poverty_type,
        labour_state,
        dwelling_grade,
        batch_id,
        source_sheet,
        held_cells,
        member_count,
        registered_year,
        lifted_year,
        source_row,
        is_lifted,
        is_exited,
        is_unsafe_dwelling,
        has_safe_water,
        exited_on,
        speaks_for_on
    from current_households
)

select * from identified
