with

in_force as (
    {{ in_force('death_notice') }}
)

select * from in_force
