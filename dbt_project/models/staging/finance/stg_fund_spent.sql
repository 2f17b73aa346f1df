with

in_force as (
    {{ in_force('fund_spent') }}
)

select * from in_force
