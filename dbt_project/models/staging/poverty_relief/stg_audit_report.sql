with

in_force as (
    {{ in_force('audit_report') }}
)

select * from in_force
