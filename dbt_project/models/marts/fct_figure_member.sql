{{ config(**partition_config()) }}
with

figures as (
    select * from {{ ref('figure') }}
),

members as (
    select * from {{ ref('int_figure_member') }}
),

-- thousands of rows, a few dozen names
sheets as (
    {{ shown_texts('members', ['source_sheet']) }}
),

final as (
    select
        members.figure_id,
        members.role,
        figures.member_kind,
        members.member_key,
        members.household_id,
        members.person_key,
        members.state,
        members.override_id,
        members.town_code,
        members.town_name,
        members.village_code,
        members.village_name,
        members.source_batch_id,
        sheets.shown_text as source_sheet,
        members.source_row,
        members.amount,
        figures.is_listed,
        {{ as_of() }} as as_of
    from members
    inner join figures
        on members.figure_id = figures.figure_id
    left join sheets
        on members.source_sheet = sheets.written_text
)

select * from final
