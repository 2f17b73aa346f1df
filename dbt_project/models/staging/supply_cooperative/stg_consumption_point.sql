with

in_force as (
    {{ in_force('consumption_point') }}
)

select * from in_force
