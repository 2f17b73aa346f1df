with

in_force as (
    {{ in_force('public_post') }}
)

select * from in_force
