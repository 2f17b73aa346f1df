-- Every known override beside what the files say of the same value: whether it
-- holds, is about to lapse, says nothing else, or nobody is there any more.
with

overrides as (
    select * from {{ ref('int_override') }}
),

thresholds as (
    select * from {{ ref('threshold') }}
),

judged as (
    select
        household_id as judged_id,
        'household' as unit,
        guarantee,
        coalesce(state_before_override, state) as state_by_files,
        coalesce(reason_code_before_override, reason_code) as reason_by_files
    from {{ ref('int_household_guarantee') }}
    union all
    select
        register_person_no as judged_id,
        'person' as unit,
        guarantee,
        coalesce(state_before_override, state) as state_by_files,
        coalesce(reason_code_before_override, reason_code) as reason_by_files
    from {{ ref('int_person_guarantee') }}
),

notice as (
    select {{ threshold('OVERRIDE_NOTICE_D') }} as notice_days
    from thresholds
    where {{ as_of() }} between valid_from and valid_to
),

held_against as (
    select
        overrides.*,
        judged.state_by_files,
        judged.reason_by_files,
        {{ date_diff_days(as_of(), 'overrides.until_on') }} as days_left,
        case
            when overrides.term_state <> 'IN_FORCE' then overrides.term_state
            when not overrides.is_in_force then 'REPLACED'
            when judged.state_by_files is null then 'UNFOUND'
            when judged.state_by_files = overrides.state then 'REDUNDANT'
            when
                {{ date_diff_days(as_of(), 'overrides.until_on') }}
                <= notice.notice_days
                then 'LAPSING'
            else 'IN_FORCE'
        end as override_state
    from overrides
    cross join notice
    left join judged
        on
            overrides.guarantee = judged.guarantee
            and overrides.unit = judged.unit
            and case
                when overrides.unit = 'household' then overrides.household_id
                else overrides.register_person_no
            end = judged.judged_id
)

select * from held_against
