with

in_force as (
    {{ in_force('research_visit') }}
)

select * from in_force
