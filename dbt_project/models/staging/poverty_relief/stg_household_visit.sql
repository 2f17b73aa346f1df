with

in_force as (
    {{ in_force('household_visit') }}
)

select * from in_force
