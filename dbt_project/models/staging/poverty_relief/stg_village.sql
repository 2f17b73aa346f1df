with

in_force as (
    {{ in_force('village') }}
)

select * from in_force
