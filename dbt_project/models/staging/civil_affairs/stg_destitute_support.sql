with

in_force as (
    {{ in_force('destitute_support') }}
)

select * from in_force
