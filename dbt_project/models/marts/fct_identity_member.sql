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

-- What each member counts on either side. Of the places and the rows one is
-- shown, of the left side first: a person may be in two villages' lists.
sides as (
    select
        *,
        min(case when is_listed then 1 else 0 end)
            over (partition by identity_id, member_key) as all_listed,
        sum(case when side = 'left' then factor * amount else 0 end)
            over (partition by identity_id, member_key) as left_amount,
        sum(case when side = 'right' then factor * amount else 0 end)
            over (partition by identity_id, member_key) as right_amount
    from placed
    qualify
        row_number() over (
            partition by identity_id, member_key
            order by
                side asc nulls last,
                household_id asc nulls last,
                town_code asc nulls last,
                village_code asc nulls last,
                source_batch_id asc nulls last,
                source_sheet asc nulls last,
                source_row asc nulls last
        ) = 1
),

final as (
    select
        sides.identity_id,
        sides.member_kind,
        sides.member_key,
        sides.household_id,
        sides.person_key,
        sides.town_code,
        sides.town_name,
        sides.village_code,
        sides.village_name,
        sides.state,
        sides.source_batch_id,
        sides.source_sheet,
        sides.source_row,
        cast(sides.left_amount as decimal(18, 2)) as left_amount,
        cast(sides.right_amount as decimal(18, 2)) as right_amount,
        sides.all_listed = 1 as is_listed,
        {{ as_of() }} as as_of
    from sides
    inner join identities
        on sides.identity_id = identities.identity_id
    left join against
        on
            sides.identity_id = against.identity_id
            and against.claim_made = 'MADE'
    where
        -- what is tested against a claim alone has nobody to refute without it
        (
            identities.claim_figure_id is null
            or against.identity_id is not null
        )
        and case
            when identities.comparator = 'in'
                then sides.left_amount > 0 and sides.right_amount = 0
            when identities.comparator = 'apart'
                then sides.left_amount > 0 and sides.right_amount > 0
            when identities.comparator = '='
                then sides.left_amount <> sides.right_amount
            else sides.left_amount > sides.right_amount
        end
)

select * from final
