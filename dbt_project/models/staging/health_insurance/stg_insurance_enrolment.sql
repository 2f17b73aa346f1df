with

in_force as (
    {{ in_force('insurance_enrolment') }}
)

select * from in_force
