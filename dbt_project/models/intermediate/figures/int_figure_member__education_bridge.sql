{{ config(materialized='view') }}
-- How those of compulsory school age become those who were paid as pupils of
-- compulsory education: whom to leave out, whom to add, each a list of its own.
with

pupils as (
    select
        *,
        row_number() over (partition by person_key order by member_key)
            as place
    from {{ ref('int_figure_member__education') }}
    where figure_id = 'edu_compulsory_pp'
),

paid as (
    select *
    from {{ ref('int_figure_member__subsidy') }}
    where figure_id = 'edu_sub_compulsory'
),

registered as (
    select distinct person_key
    from {{ ref('int_register_person__identified') }}
    where person_key is not null
),

parted as (
    select
        pupils.member_key,
        pupils.household_id,
        pupils.person_key,
        pupils.town_code,
        pupils.town_name,
        pupils.village_code,
        pupils.village_name,
        pupils.source_batch_id as batch_id,
        pupils.source_sheet,
        pupils.source_row,
        case
            when paid.person_key is null then 'edu_bridge_unpaid'
            when pupils.place > 1 then 'edu_bridge_twice'
        end as figure_id
    from pupils
    left join paid
        on pupils.person_key = paid.person_key
    union all
    select
        paid.member_key,
        paid.household_id,
        paid.person_key,
        paid.town_code,
        paid.town_name,
        paid.village_code,
        paid.village_name,
        paid.source_batch_id as batch_id,
        paid.source_sheet,
        paid.source_row,
        case
            when registered.person_key is null then 'edu_bridge_left'
            else 'edu_bridge_beyond'
        end as figure_id
    from paid
    left join pupils
        on
            paid.person_key = pupils.person_key
            and pupils.place = 1
    left join registered
        on paid.person_key = registered.person_key
    where pupils.person_key is null
),

members as (
    {{ figure_members('parted', [
        {'figure': 'figure_id', 'where': 'figure_id is not null'},
    ]) }}
)

select * from members
