with

in_force as (
    {{ in_force('schooling_exemption') }}
)

select * from in_force
