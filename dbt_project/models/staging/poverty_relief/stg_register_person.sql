with

in_force as (
    {{ in_force('register_person') }}
)

select * from in_force
