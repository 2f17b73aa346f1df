with

in_force as (
    {{ in_force('subsistence_allowance') }}
)

select * from in_force
