{{ config(materialized='view') }}
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

exemptions as (
    select * from {{ ref('stg_schooling_exemption') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

exempt as (
    select
        linked.person_key,
        exemptions.batch_id,
        exemptions.source_sheet,
        exemptions.source_row
    from exemptions
    cross join basis
    inner join linked
        on
            linked.feed = 'schooling_exemption'
            and exemptions.batch_id = linked.batch_id
            and exemptions.source_sheet = linked.source_sheet
            and exemptions.source_row = linked.source_row
    where
        exemptions.is_latest
        and exemptions.starts_on <= basis.as_of
        and (
            exemptions.ends_on is null or exemptions.ends_on >= basis.as_of
        )
    qualify
        row_number() over (
            partition by linked.person_key
            order by
                exemptions.starts_on desc nulls last,
                exemptions.approval_no asc nulls last
        ) = 1
)

select * from exempt
