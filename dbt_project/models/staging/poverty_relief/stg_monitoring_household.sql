with

in_force as (
    {{ in_force('monitoring_household') }}
)

select * from in_force
