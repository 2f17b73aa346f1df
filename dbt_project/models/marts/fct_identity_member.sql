{{ config(**partition_config()) }}
with

identities as (
    select *
    from {{ ref('identity') }}
    where
        compares_members
        and {{ as_of() }} between valid_from and valid_to
),

terms as (
    select * from {{ ref('identity_term') }}
),

claims as (
    select *
    from {{ ref('fct_claim') }}
    where as_of = {{ as_of() }}
),

members as (
    select *
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

{{ claims_against_identities() }},

{{ members_on_sides() }},

-- What each member counts on either side.
weighed as (
    select
        identity_id,
        member_key,
        min(case when is_listed then 1 else 0 end) as all_listed,
        sum(case when side = 'left' then factor * amount else 0 end)
            as left_amount,
        sum(case when side = 'right' then factor * amount else 0 end)
            as right_amount
    from placed
    group by identity_id, member_key
),

differing as (
    select weighed.*
    from weighed
    inner join identities
        on weighed.identity_id = identities.identity_id
    left join against
        on
            weighed.identity_id = against.identity_id
            and against.claim_made = 'MADE'
    where
        -- what is tested against a claim alone has nobody to refute without it
        (
            identities.claim_figure_id is null
            or against.identity_id is not null
        )
        and case
            when identities.comparator = 'in'
                then weighed.left_amount > 0 and weighed.right_amount = 0
            when identities.comparator = 'apart'
                then weighed.left_amount > 0 and weighed.right_amount > 0
            when identities.comparator = '='
                then weighed.left_amount <> weighed.right_amount
            else weighed.left_amount > weighed.right_amount
        end
),

-- Of the places and the rows one is shown, of the left side first: a person
-- may be in two villages' lists.
final as (
    select
        placed.identity_id,
        placed.member_kind,
        placed.member_key,
        placed.household_id,
        placed.person_key,
        placed.town_code,
        placed.town_name,
        placed.village_code,
        placed.village_name,
        placed.state,
        placed.source_batch_id,
        placed.source_sheet,
        placed.source_row,
        cast(differing.left_amount as decimal(18, 2)) as left_amount,
        cast(differing.right_amount as decimal(18, 2)) as right_amount,
        differing.all_listed = 1 as is_listed,
        {{ as_of() }} as as_of
    from placed
    inner join differing
        on
            placed.identity_id = differing.identity_id
            and placed.member_key = differing.member_key
    qualify
        row_number() over (
            partition by placed.identity_id, placed.member_key
            order by
                placed.side asc nulls last,
                placed.household_id asc nulls last,
                placed.town_code asc nulls last,
                placed.village_code asc nulls last,
                placed.source_batch_id asc nulls last,
                placed.source_sheet asc nulls last,
                placed.source_row asc nulls last
        ) = 1
)

select * from final
