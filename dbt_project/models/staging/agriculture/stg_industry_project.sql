with

in_force as (
    {{ in_force('industry_project') }}
)

select * from in_force
