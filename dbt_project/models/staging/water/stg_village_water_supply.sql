with

in_force as (
    {{ in_force('village_water_supply') }}
)

select * from in_force
