with

in_force as (
    {{ in_force('employment') }}
)

select * from in_force
