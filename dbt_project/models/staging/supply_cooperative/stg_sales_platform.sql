with

in_force as (
    {{ in_force('sales_platform') }}
)

select * from in_force
