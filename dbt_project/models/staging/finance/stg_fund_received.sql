with

in_force as (
    {{ in_force('fund_received') }}
)

select * from in_force
