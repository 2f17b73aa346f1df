{{ config(**partition_config()) }}

with

held_rows as (
    select *
    from {{ ref('int_held_row__followed') }}
    where speaks_for_on <= {{ as_of() }}
),

deliveries as (
    select * from {{ ref('int_delivery__described') }}
),

shown as (
    {{ shown_texts(
        'held_rows',
        ['source_sheet', 'message', 'remedy', 'message_en', 'remedy_en']
    ) }}
),

-- Until when the warehouse has heard of this date: a later run with the same
-- files gives the same ages.
clock as (
    select
        greatest(
            {{ as_of() }}, coalesce(max(received_on), {{ as_of() }})
        ) as today
    from deliveries
    where is_known and as_of <= {{ as_of() }}
),

final as (
    select
        held_rows.batch_id,
        deliveries.feed,
        deliveries.feed_title,
        deliveries.department,
        deliveries.department_name,
        deliveries.owner,
        deliveries.file_name,
        shown_source_sheet.shown_text as source_sheet,
        held_rows.problem_code,
        held_rows.cell,
        {{ without_words_of_cells('shown_message.shown_text') }} as message,
        shown_remedy.shown_text as remedy,
        {{ without_words_of_cells('shown_message_en.shown_text') }}
            as message_en,
        shown_remedy_en.shown_text as remedy_en,
        held_rows.held_state,
        held_rows.source_row,
        cast(
            {{ date_diff_days('held_rows.held_on', 'clock.today') }} as integer
        ) as age_days,
        held_rows.held_on,
        held_rows.corrected_on,
        held_rows.speaks_for_on,
        {{ as_of() }} as as_of
    from held_rows
    inner join deliveries
        on held_rows.batch_id = deliveries.batch_id
    cross join clock
    {{ join_shown_texts(
        'held_rows',
        ['source_sheet', 'message', 'remedy', 'message_en', 'remedy_en']
    ) }}
)

select * from final
