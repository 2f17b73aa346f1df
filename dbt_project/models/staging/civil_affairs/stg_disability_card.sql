with

in_force as (
    {{ in_force('disability_card') }}
)

select * from in_force
