with

in_force as (
    {{ in_force('water_quality_test') }}
)

select * from in_force
