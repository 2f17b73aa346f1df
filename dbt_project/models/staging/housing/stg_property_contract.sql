with

in_force as (
    {{ in_force('property_contract') }}
)

select * from in_force
