{{ config(**partition_config()) }}
with

identities as (
    select *
    from {{ ref('identity') }}
    where {{ as_of() }} between valid_from and valid_to
),

terms as (
    select * from {{ ref('identity_term') }}
),

figures as (
    select * from {{ ref('figure') }}
),

county as (
    select *
    from {{ ref('fct_figure') }}
    where
        as_of = {{ as_of() }}
        and area_level = 'county'
),

claims as (
    select *
    from {{ ref('fct_claim') }}
    where as_of = {{ as_of() }}
),

differing as (
    select
        identity_id,
        count(*) as differing_count,
        sum(left_amount) as differing_amount
    from {{ ref('fct_identity_member') }}
    where as_of = {{ as_of() }}
    group by identity_id
),

{{ identity_sides() }},

{{ claims_against_identities() }},

compared as (
    select
        identities.*,
        left_side.side_text as left_text,
        -- a list that should be empty has nothing beside it
        coalesce(right_side.side_text, '0') as right_text,
        case
            when left_side.counted_count = left_side.term_count
                then left_side.amount
        end as left_amount,
        case
            when right_side.identity_id is null then 0
            when right_side.counted_count = right_side.term_count
                then right_side.amount
        end as right_amount
    from identities
    inner join sides as left_side
        on
            identities.identity_id = left_side.identity_id
            and left_side.side = 'left'
    left join sides as right_side
        on
            identities.identity_id = right_side.identity_id
            and right_side.side = 'right'
),

final as (
    select
        compared.identity_id,
        compared.contradiction_id,
        compared.label,
        compared.severity,
        compared.comparator,
        compared.left_text,
        compared.right_text,
        cast(compared.left_amount as decimal(18, 2)) as left_amount,
        cast(compared.right_amount as decimal(18, 2)) as right_amount,
        compared.statement,
        against.claim_id,
        against.document_name,
        {{ claimed_value() }} as claimed_value,
        against.claimed_unit,
        {{ counted_value() }} as counted_value,
        against.counted_unit,
        {{ identity_state() }} as identity_state,
        cast(coalesce(differing.differing_count, 0) as integer)
            as differing_count,
        cast(compared.sort_order as integer) as sort_order,
        {{ as_of() }} as as_of
    from compared
    left join differing
        on compared.identity_id = differing.identity_id
    left join against
        on compared.identity_id = against.identity_id
)

select * from final
