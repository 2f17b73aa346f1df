with

in_force as (
    {{ in_force('household_income_survey') }}
)

select * from in_force
