-- Rows with a number that two persons have had: of the one whose name stands
-- beside it; where no name tells, of nobody, and nothing that they lack is
-- known.
with

numbered as (
    select *
    from {{ ref('int_person__numbered') }}
    where person_key is null
),

candidates as (
    select *
    from {{ ref('int_person_number__holder') }}
    where is_candidate
),

-- The register itself says by its 人编号 whose row it is.
paired as (
    select
        numbered.feed,
        candidates.candidate_key as person_key,
        candidates.household_id,
        candidates.register_person_no,
        numbered.batch_id,
        numbered.source_sheet,
        numbered.id_column,
        numbered.source_row,
        numbered.source_item,
        numbered.speaks_for_on,
        not candidates.is_current as is_former,
        coalesce(numbered.person_name = candidates.current_name, false)
            as is_named
    from numbered
    inner join candidates
        on numbered.id_number = candidates.id_number
),

named as (
    select
        *,
        case when is_named then person_key end as named_key
    from paired
),

-- One person is named where the least is the greatest.
compared as (
    select
        *,
        min(named_key) over (
            partition by
                feed,
                batch_id,
                source_sheet,
                source_row,
                source_item,
                id_column
        ) as least_key,
        max(named_key) over (
            partition by
                feed,
                batch_id,
                source_sheet,
                source_row,
                source_item,
                id_column
        ) as greatest_key
    from named
),

settled as (
    select
        *,
        coalesce(least_key = greatest_key, false) as is_settled
    from compared
),

final as (
    select
        feed,
        person_key,
        household_id,
        register_person_no,
        batch_id,
        source_sheet,
        id_column,
        source_row,
        source_item,
        is_former,
        is_settled,
        speaks_for_on
    from settled
    where is_named or not is_settled
)

select * from final
