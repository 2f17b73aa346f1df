{{ config(materialized='view') }}
-- Persons on the rolls of the year of whom it is doubtful that they count:
-- dead by as_of, or on the roll of residents and of employees alike.
with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

insurances as (
    select * from {{ ref('int_person__insurance') }}
),

deaths as (
    select * from {{ ref('stg_death_notice') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

dead as (
    select distinct linked.person_key
    from deaths
    cross join basis
    inner join linked
        on
            linked.feed = 'death_notice'
            and deaths.batch_id = linked.batch_id
            and deaths.source_sheet = linked.source_sheet
            and deaths.source_row = linked.source_row
    where
        deaths.is_latest
        and deaths.died_on <= basis.as_of
),

insured as (
    select
        person_key,
        batch_id,
        source_sheet,
        source_row,
        count(*) over (partition by person_key) as roll_count
    from insurances
    where counts_as = 'MET'
    qualify
        row_number() over (
            partition by person_key
            order by priority desc nulls last, insurance_kind asc nulls last
        ) = 1
),

doubtful as (
    select
        insured.person_key,
        insured.batch_id,
        insured.source_sheet,
        insured.source_row,
        insured.roll_count > 1 as is_on_both_rolls,
        dead.person_key is not null as is_dead
    from insured
    left join dead
        on insured.person_key = dead.person_key
    where
        insured.roll_count > 1
        or dead.person_key is not null
)

select * from doubtful
