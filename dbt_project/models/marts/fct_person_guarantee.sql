{{ config(**partition_config()) }}
with

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

guarantees as (
    select * from {{ ref('int_person_guarantee') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

sheets as (
    select * from {{ ref('int_sheet__shown') }}
),

explained as (
    select
        guarantees.*,
        sheets.shown_sheet,
        reasons.sentence
    from guarantees
    left join reasons
        on guarantees.reason_code = reasons.reason_code
    left join sheets
        on guarantees.evidence_sheet = sheets.source_sheet
),

pivoted as (
    select
        register_person_no,
        {{ pivoted_guarantees('person') }},
        cast(count(override_id) as integer) as override_count
    from explained
    group by register_person_no
),

final as (
    select
        persons.register_person_no,
        persons.person_key,
        persons.household_id,
        persons.register_household_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        {{ guarantee_columns('pivoted', 'person') }},
        pivoted.override_count,
        {{ as_of() }} as as_of
    from persons
    inner join pivoted
        on persons.register_person_no = pivoted.register_person_no
    left join located
        on persons.household_id = located.household_id
)

select * from final
