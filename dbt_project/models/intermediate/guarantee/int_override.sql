-- Overrides as far as known by known_by, and what became of each by as_of. Of
-- two of the same value that hold on one day the one recorded last does.
with

overrides as (
    select * from {{ ref('stg_override') }}
),

lifts as (
    select * from {{ ref('stg_override_lift') }}
),

known_lifts as (
    select *
    from lifts
    where lifted_at <= {{ known_by() }}
    qualify
        row_number() over (
            partition by override_id
            order by lifted_no asc nulls last
        ) = 1
),

known as (
    select
        overrides.override_id,
        overrides.register_household_no,
        overrides.register_person_no,
        case
            when overrides.register_person_no is null then 'household'
            else 'person'
        end as unit,
        {{ household_id('overrides.register_household_no') }} as household_id,
        overrides.guarantee,
        overrides.state,
        case
            when known_lifts.override_id is not null then 'LIFTED'
            when {{ as_of() }} < overrides.speaks_for_on then 'NOT_BEGUN'
            when overrides.until_on < {{ as_of() }} then 'LAPSED'
            else 'IN_FORCE'
        end as term_state,
        overrides.recorded_by,
        overrides.reason,
        overrides.evidence,
        overrides.amendment_reason,
        known_lifts.lifted_by,
        known_lifts.reason as lift_reason,
        overrides.recorded_no,
        overrides.speaks_for_on,
        overrides.until_on,
        overrides.recorded_at,
        known_lifts.lifted_at
    from overrides
    left join known_lifts
        on overrides.override_id = known_lifts.override_id
    where overrides.recorded_at <= {{ known_by() }}
),

placed as (
    select
        *,
        term_state = 'IN_FORCE'
        and row_number() over (
            partition by
                register_household_no,
                register_person_no,
                guarantee,
                term_state
            order by recorded_no desc nulls last
        ) = 1 as is_in_force
    from known
)

select * from placed
