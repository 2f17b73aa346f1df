{{ config(**partition_config()) }}
with

overrides as (
    select * from {{ ref('int_override__judged') }}
),

households as (
    select *
    from {{ ref('dim_household') }}
    where as_of = {{ as_of() }}
),

names as (
    {{ labelled_guarantees() }}
),

states as (
    select * from {{ ref('guarantee_state') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

kinds as (
    select * from {{ ref('override_state') }}
),

final as (
    select
        overrides.override_id,
        overrides.household_id,
        overrides.register_household_no,
        households.head_name,
        overrides.register_person_no,
        households.town_code,
        households.town_name,
        households.village_code,
        households.village_name,
        overrides.guarantee,
        names.label as guarantee_label,
        overrides.state,
        states.label as state_label,
        overrides.state_by_files as state_before_override,
        files.label as state_label_before_override,
        reasons.sentence as reason_before_override,
        overrides.override_state,
        kinds.label as override_state_label,
        overrides.reason,
        overrides.evidence,
        overrides.recorded_by,
        overrides.amendment_reason,
        overrides.lifted_by,
        overrides.lift_reason,
        cast(overrides.days_left as integer) as days_left,
        kinds.sort_order,
        kinds.is_in_force,
        overrides.speaks_for_on,
        overrides.until_on,
        overrides.recorded_at,
        overrides.lifted_at,
        {{ as_of() }} as as_of
    from overrides
    left join households
        on overrides.household_id = households.household_id
    left join names
        on overrides.guarantee = names.guarantee
    left join states
        on overrides.state = states.state
    left join states as files
        on overrides.state_by_files = files.state
    left join reasons
        on overrides.reason_by_files = reasons.reason_code
    left join kinds
        on overrides.override_state = kinds.override_state
)

select * from final
