with

in_force as (
    {{ in_force('inpatient_settlement') }}
)

select * from in_force
