{#
  The two sides of every identity, as CTEs `measured` and `sides` over the CTEs
  `terms`, `figures` and `county` of the model: sums, and the words for them.
#}
{% macro identity_sides() -%}
-- A figure that cannot be counted is not nought: neither is its side then.
measured as (
    select
        terms.identity_id,
        terms.side,
        terms.place,
        terms.factor,
        case
            when figures.measure = 'rate' and terms.measure = 'denominator'
                then figures.label || '的分母'
            when figures.measure = 'rate' then figures.label || '的分子'
            else figures.label
        end as label,
        case
            when county.count_state = 'NOT_COUNTABLE' then null
            when terms.measure = 'denominator' then county.denominator
            else county.numerator
        end as amount
    from terms
    inner join figures
        on terms.figure_id = figures.figure_id
    left join county
        on terms.figure_id = county.figure_id
),

sides as (
    select
        identity_id,
        side,
        count(*) as term_count,
        count(amount) as counted_count,
        sum(factor * amount) as amount,
        {{ join_texts(
            "case when place > 1 and factor > 0 then '＋'"
            ~ " when factor < 0 then '－' else '' end || label || ' '"
            ~ " || coalesce(" ~ printed_number('amount', '0', "''") ~ ", '算不出')",
            'place', ''
        ) }} as side_text
    from measured
    group by identity_id, side
)
{%- endmacro %}

{#
  Of each identity that is tested only where somebody claims otherwise, what is
  claimed and whether the claim is of the kind that its rows refute, as CTE
  `against` over the CTEs `identities` and `claims` of the model. Of two
  statements on one figure the later holds, and so of two reports.
#}
{% macro claims_against_identities() -%}
standing as (
    select
        identities.identity_id,
        claims.claim_id,
        claims.claimed_value,
        claims.claimed_unit,
        claims.counted_value,
        claims.unit as counted_unit,
        claims.document_name,
        case
            when claims.claim_state in ('UNIT_DIFFERS', 'NOT_COUNTABLE')
                then 'NOT_COUNTABLE'
            when identities.claim_test = 'all'
                then case
                    when claims.unit = '%' and claims.claimed_value >= 100
                        then 'MADE'
                    else 'NOT_MADE'
                end
            when
                claims.claim_state = 'CONTRADICTED'
                and case identities.claim_test
                    when 'above' then claims.difference > 0
                    when 'below' then claims.difference < 0
                    else true
                end
                then 'MADE'
            else 'NOT_MADE'
        end as claim_made
    from identities
    inner join claims
        on
            identities.claim_figure_id = claims.figure_id
            and identities.claim_source in ('any', claims.claim_source)
    qualify
        row_number() over (
            partition by identities.identity_id, claims.claim_source
            order by
                claims.claimed_on desc nulls last,
                claims.claim_id desc nulls last
        ) = 1
),

against as (
    select *
    from standing
    qualify
        row_number() over (
            partition by identity_id
            order by
                case claim_made
                    when 'MADE' then 1
                    when 'NOT_COUNTABLE' then 2
                    else 3
                end asc nulls last,
                claim_id asc nulls last
        ) = 1
)
{%- endmacro %}

{#
  Whether an identity holds, out of the CTEs `compared`, `differing` and
  `against` of the model. What is tested against a claim alone is broken by the
  claim; where somebody claims that all is well, by members alone.
#}
{% macro identity_state() -%}
    case
        when compared.claim_figure_id is not null
            then case
                when against.claim_made is null then 'NOT_CLAIMED'
                when against.claim_made = 'NOT_COUNTABLE'
                    then 'NOT_COUNTABLE'
                when against.claim_made = 'NOT_MADE' then 'HELD'
                -- that all is well is refuted by members alone
                when compared.claim_test <> 'all' then 'BROKEN'
                when coalesce(differing.differing_count, 0) > 0
                    then 'BROKEN'
                when
                    compared.left_amount is null
                    or compared.right_amount is null
                    then 'NOT_COUNTABLE'
                else 'HELD'
            end
        when
            compared.left_amount is null or compared.right_amount is null
            then 'NOT_COUNTABLE'
        when
            compared.comparator in ('in', 'apart', 'none')
            then case
                when coalesce(differing.differing_count, 0) > 0
                    then 'BROKEN'
                else 'HELD'
            end
        when
            compared.left_amount
            > compared.right_amount + compared.tolerance
            then 'BROKEN'
        when
            compared.comparator = '='
            and compared.left_amount
            < compared.right_amount - compared.tolerance
            then 'BROKEN'
        else 'HELD'
    end
{%- endmacro %}

{#
  What a contradiction says, and what is counted: the claim, or, where it is
  tested without any, the whole list of which the sentence says "all" (of what
  there should be none: nought).
#}
{% macro claimed_value() -%}
    cast(case
        when compared.contradiction_id is null then null
        when compared.claim_figure_id is not null then against.claimed_value
        when compared.comparator = 'none' then 0
        else compared.left_amount
    end as decimal(18, 4))
{%- endmacro %}

{% macro counted_value() -%}
    cast(case
        when compared.contradiction_id is null then null
        when compared.claim_figure_id is not null then against.counted_value
        when compared.comparator = 'none' then compared.left_amount
        else compared.left_amount - coalesce(differing.differing_amount, 0)
    end as decimal(18, 4))
{%- endmacro %}

{# The members of both sides of every identity, as CTE `placed` over the CTEs
   `terms` and `members` of the model. #}
{% macro members_on_sides() -%}
-- Persons are compared by themselves: one list may name them by their number in
-- the register, the other not.
placed as (
    select
        terms.identity_id,
        terms.side,
        terms.factor,
        members.member_kind,
        members.household_id,
        members.person_key,
        members.town_code,
        members.town_name,
        members.village_code,
        members.village_name,
        members.state,
        members.source_batch_id,
        members.source_sheet,
        members.source_row,
        members.is_listed,
        members.amount,
        case
            when members.member_kind = 'person'
                then coalesce(members.person_key, members.member_key)
            else members.member_key
        end as member_key
    from terms
    inner join members
        on
            terms.figure_id = members.figure_id
            and terms.measure = members.role
)
{%- endmacro %}
