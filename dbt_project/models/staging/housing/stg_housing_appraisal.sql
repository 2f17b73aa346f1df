with

in_force as (
    {{ in_force('housing_appraisal') }}
)

select * from in_force
