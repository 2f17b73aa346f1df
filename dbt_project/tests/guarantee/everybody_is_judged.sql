-- No household and no person of the register is lost on the way to a state.
with

counted as (
    select
        'household' as grain,
        (select count(*) from {{ ref('int_register_household__current') }})
            as register_count,
        (
            select count(*) from {{ ref('fct_household_guarantee') }}
            where as_of = {{ as_of() }}
        ) as judged_count
    union all
    select
        'person' as grain,
        (select count(*) from {{ ref('int_register_person__identified') }})
            as register_count,
        (
            select count(*) from {{ ref('fct_person_guarantee') }}
            where as_of = {{ as_of() }}
        ) as judged_count
)

select * from counted
where register_count <> judged_count
