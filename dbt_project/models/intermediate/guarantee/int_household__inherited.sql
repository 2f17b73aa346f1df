-- What a household has because its members have it: the member whose state
-- decides lends it reason and evidence. Without member rows nobody can say
-- that nobody is in scope. It is by hand where the override of a member
-- decides, or where another state would without the overrides.
{% set member = 'household_id, guarantee' %}
{% set by_files = state_rank('state_by_files')
    ~ ' asc nulls last, register_person_no asc nulls last' %}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

persons as (
    select
        *,
        coalesce(state_before_override, state) as state_by_files,
        coalesce(reason_code_before_override, reason_code) as reason_by_files
    from {{ ref('int_person_guarantee') }}
),

held_members as (
    select * from {{ ref('int_held_row__person') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

inherited as (
    {{ inherited_guarantees() }}
),

deciding as (
    select
        *,
        first_value(state_by_files)
            over (partition by {{ member }} order by {{ by_files }})
            as state_before,
        first_value(reason_by_files)
            over (partition by {{ member }} order by {{ by_files }})
            as reason_code_before,
        min(override_id) over (partition by {{ member }}) as any_override_id
    from persons
    qualify
        row_number() over (
            partition by {{ member }}
            order by
                {{ state_rank('state') }} asc nulls last,
                case when override_id is null then 1 else 0 end asc nulls last,
                register_person_no asc nulls last
        ) = 1
),

-- Whoever stands in a row of the register that is held is a member too.
held as (
    select
        household_id,
        max(speaks_for_on) as speaks_for_on
    from held_members
    where feed = 'register_person' and register_person_no is null
    group by household_id
),

reasoned as (
    select
        households.household_id,
        inherited.guarantee,
        deciding.evidence_batch_id,
        deciding.evidence_sheet,
        deciding.evidence_row,
        case
            when
                deciding.override_id is not null
                or deciding.state <> deciding.state_before
                then coalesce(deciding.override_id, deciding.any_override_id)
        end as override_id,
        {{ inherited_reason('state_before', 'reason_code_before') }}
            as reason_code_before,
        {{ inherited_reason('state', 'reason_code') }} as reason_code
    from households
    cross join inherited
    left join held
        on
            households.household_id = held.household_id
            and households.speaks_for_on <= held.speaks_for_on
    left join deciding
        on
            households.household_id = deciding.household_id
            and inherited.guarantee = deciding.guarantee
),

{{ judged_by_reason(
    'reasoned',
    ['household_id', 'override_id', 'reason_code_before'],
    is_overridable=false
) }},

told as (
    {{ inherited_by_hand() }}
)

select * from told
