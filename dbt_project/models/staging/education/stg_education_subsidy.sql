with

in_force as (
    {{ in_force('education_subsidy') }}
)

select * from in_force
