with

in_force as (
    {{ in_force('consumption_sale') }}
)

select * from in_force
