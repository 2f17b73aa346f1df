with

in_force as (
    {{ in_force('training') }}
)

select * from in_force
