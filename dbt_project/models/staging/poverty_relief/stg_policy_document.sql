with

in_force as (
    {{ in_force('policy_document') }}
)

select * from in_force
