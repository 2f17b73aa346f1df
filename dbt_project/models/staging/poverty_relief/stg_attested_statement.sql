with

in_force as (
    {{ in_force('attested_statement') }}
)

select * from in_force
