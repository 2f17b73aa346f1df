with

in_force as (
    {{ in_force('party_village') }}
)

select * from in_force
