with

in_force as (
    {{ in_force('audit_issue') }}
)

select * from in_force
