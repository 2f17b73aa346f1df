with

in_force as (
    {{ in_force('village_secretary') }}
)

select * from in_force
