{{ config(materialized='view') }}
-- What a household has because its members have it: the member whose state
-- decides lends it reason and evidence. Without member rows nobody can say
-- that nobody is in scope.
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

persons as (
    select * from {{ ref('int_person_guarantee') }}
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
    select *
    from persons
    qualify
        row_number() over (
            partition by
                household_id,
                guarantee
            order by
                {{ state_rank('state') }} asc nulls last,
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
        case
            when deciding.household_id is null then 'NO_MEMBERS'
            when
                held.household_id is not null
                and deciding.state not in ('NOT_MET', 'UNKNOWN')
                then 'HELD_ROW_MAY_BE_MEMBER'
            when deciding.state = 'NOT_APPLICABLE'
                then inherited.nobody_in_scope
            else deciding.reason_code
        end as reason_code,
        deciding.evidence_batch_id,
        deciding.evidence_sheet,
        deciding.evidence_row
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

{{ judged_by_reason('reasoned', ['household_id']) }}

select * from judged
