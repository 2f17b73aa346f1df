with

in_force as (
    {{ in_force('fund_inspection') }}
)

select * from in_force
