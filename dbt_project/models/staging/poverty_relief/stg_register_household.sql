with

in_force as (
    {{ in_force('register_household') }}
)

select * from in_force
