with

in_force as (
    {{ in_force('workshop') }}
)

select * from in_force
