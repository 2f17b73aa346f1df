{{ config(**partition_config()) }}
with

guarantees as (
    select * from {{ ref('int_household_guarantee') }}
),

households as (
    select *
    from {{ ref('fct_household_guarantee') }}
    where as_of = {{ as_of() }}
),

deliveries as (
    select * from {{ ref('fct_delivery') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

names as (
    {{ labelled_guarantees() }}
),

states as (
    select * from {{ ref('guarantee_state') }}
),

by_files as (
    select
        states.label,
        reasons.reason_code,
        reasons.sentence
    from reasons
    inner join states
        on reasons.state = states.state
),

sheets as (
    select * from {{ ref('int_sheet__shown') }}
),

final as (
    select
        guarantees.household_id,
        households.register_household_no,
        households.head_name,
        households.town_code,
        households.town_name,
        households.village_code,
        households.village_name,
        guarantees.guarantee,
        names.label as guarantee_label,
        guarantees.state,
        states.label as state_label,
        guarantees.reason_code,
        reasons.sentence as reason,
        guarantees.evidence_batch_id,
        deliveries.file_name as evidence_file_name,
        sheets.shown_sheet as evidence_sheet,
        guarantees.override_id,
        guarantees.state_before_override,
        by_files.label as state_label_before_override,
        by_files.sentence as reason_before_override,
        guarantees.evidence_row,
        names.sort_order,
        guarantees.guarantee in ({{ guarantee_names('is_counted') }})
            as is_counted,
        {{ as_of() }} as as_of
    from guarantees
    inner join households
        on guarantees.household_id = households.household_id
    left join deliveries
        on guarantees.evidence_batch_id = deliveries.batch_id
    left join reasons
        on guarantees.reason_code = reasons.reason_code
    left join names
        on guarantees.guarantee = names.guarantee
    left join states
        on guarantees.state = states.state
    left join sheets
        on guarantees.evidence_sheet = sheets.source_sheet
    left join by_files
        on guarantees.reason_code_before_override = by_files.reason_code
)

select * from final
