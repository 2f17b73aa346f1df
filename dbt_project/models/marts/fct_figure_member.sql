{{ config(**partition_config()) }}
with

figures as (
    select * from {{ ref('figure') }}
),

members as (
    select * from {{ ref('int_figure_member') }}
),

sheets as (
    {{ shown_texts('members', ['source_sheet']) }}
),

deliveries as (
    select * from {{ ref('fct_delivery') }}
),

states as (
    select * from {{ ref('guarantee_state') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

households as (
    select
        *,
        {{ lacking_reasons() }} as lacking_reasons
    from {{ ref('fct_household_guarantee') }}
    where as_of = {{ as_of() }}
),

{{ people_of_members() }},

of_rates as (
    select members.*
    from members
    inner join figures
        on members.figure_id = figures.figure_id
    where figures.measure = 'rate'
),

final as (
    select
        members.figure_id,
        figures.label,
        members.role,
        figures.member_kind,
        members.member_key,
        members.household_id,
        households.register_household_no,
        case
            when namesakes.register_person_no is null
                then households.head_name
        end as head_name,
        members.person_key,
        coalesce(persons.register_person_no, by_key.register_person_no)
            as register_person_no,
        coalesce(persons.person_name, by_key.person_name) as person_name,
        members.state,
        states.label as state_label,
        members.reason_code,
        case
            when members.figure_id = 'grt_all' then households.lacking_reasons
            else reasons.sentence
        end as reason,
        members.override_id,
        members.town_code,
        {{ shown_town('members', 'figures') }} as town_name,
        members.village_code,
        members.village_name,
        members.source_batch_id,
        deliveries.file_name as source_file_name,
        sheets.shown_text as source_sheet,
        members.source_row,
        members.amount,
        {{ counted_amount() }} as counted_amount,
        members.role = 'numerator' or other_side.member_key is not null
            as is_counted,
        figures.is_listed,
        {{ as_of() }} as as_of
    from members
    inner join figures
        on members.figure_id = figures.figure_id
    left join of_rates as other_side
        on
            members.figure_id = other_side.figure_id
            and members.member_key = other_side.member_key
            and members.role <> other_side.role
    left join households
        on members.household_id = households.household_id
    left join persons
        on
            case when figures.member_kind = 'person' then members.member_key end
            = persons.register_person_no
    left join persons as by_key
        on
            members.person_key = by_key.person_key
            and members.household_id = by_key.household_id
            and by_key.place = 1
    left join namesakes
        on
            coalesce(persons.register_person_no, by_key.register_person_no)
            = namesakes.register_person_no
    left join states
        on members.state = states.state
    left join reasons
        on members.reason_code = reasons.reason_code
    left join deliveries
        on members.source_batch_id = deliveries.batch_id
    left join sheets
        on members.source_sheet = sheets.written_text
)

select * from final
