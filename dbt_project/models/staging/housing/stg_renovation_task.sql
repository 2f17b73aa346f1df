with

in_force as (
    {{ in_force('renovation_task') }}
)

select * from in_force
