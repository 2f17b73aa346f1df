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

reasoned as (
    select
        households.household_id,
        inherited.guarantee,
        case
            when deciding.household_id is null then 'NO_MEMBERS'
            when deciding.state = 'NOT_APPLICABLE'
                then inherited.nobody_in_scope
            else deciding.reason_code
        end as reason_code,
        deciding.evidence_batch_id,
        deciding.evidence_sheet,
        deciding.evidence_row
    from households
    cross join inherited
    left join deciding
        on
            households.household_id = deciding.household_id
            and inherited.guarantee = deciding.guarantee
),

{{ judged_by_reason('reasoned', ['household_id']) }}

select * from judged
