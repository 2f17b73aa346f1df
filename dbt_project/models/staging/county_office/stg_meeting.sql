with

in_force as (
    {{ in_force('meeting') }}
)

select * from in_force
