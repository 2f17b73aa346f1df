with

in_force as (
    {{ in_force('school_enrolment') }}
)

select * from in_force
