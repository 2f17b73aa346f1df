with

deliveries as (
    select * from {{ ref('stg_delivery') }}
),

contracts as (
    select * from {{ ref('stg_feed_contract') }}
),

withdrawals as (
    select *
    from {{ ref('stg_withdrawal') }}
    where withdrawn_at <= {{ known_by() }}
),

waivers as (
    select *
    from {{ ref('stg_waiver') }}
    where waived_at <= {{ known_by() }}
),

departments as (
    select distinct
        department,
        department_name
    from contracts
),

written as (
    select
        reason,
        remedy,
        reason_en,
        remedy_en
    from deliveries
    union all
    select
        reason,
        null as remedy,
        null as reason_en,
        null as remedy_en
    from waivers
),

shown as (
    {{ shown_texts('written', ['reason', 'remedy', 'reason_en', 'remedy_en']) }}
),

-- A correction stands and falls with the file that it corrects.
described as (
    select
        deliveries.batch_id,
        deliveries.corrects_batch_id,
        deliveries.feed,
        contracts.title as feed_title,
        deliveries.department,
        departments.department_name,
        contracts.owner,
        coalesce(deliveries.file_label, '…') as file_name,
        deliveries.container_label as container_name,
        deliveries.sha256,
        deliveries.delivery_state,
        deliveries.reason_code,
        shown_reason.shown_text as reason,
        shown_remedy.shown_text as remedy,
        shown_reason_en.shown_text as reason_en,
        shown_remedy_en.shown_text as remedy_en,
        coalesce(own.reason, base.reason) as withdrawal_reason,
        waivers.waived_at,
        waivers.waived_by,
        waivers.codes as waived_codes,
        shown_waiver.shown_text as waiver_reason,
        deliveries.rows_read,
        deliveries.rows_accepted,
        deliveries.rows_held,
        coalesce(deliveries.cells_held, 0) as cells_held,
        deliveries.warning_count,
        deliveries.repair_count,
        deliveries.received_at <= {{ known_by() }} as is_known,
        deliveries.delivery_state = 'NIL' as is_nil,
        {{ local_date('deliveries.received_at') }} as received_on,
        coalesce(deliveries.received_no, 0) as received_no,
        deliveries.received_at,
        coalesce(own.withdrawn_at, base.withdrawn_at) as withdrawn_at,
        deliveries.as_of
    from deliveries
    left join contracts
        on deliveries.feed = contracts.feed
    left join departments
        on deliveries.department = departments.department
    left join withdrawals as own
        on deliveries.batch_id = own.batch_id
    left join withdrawals as base
        on deliveries.corrects_batch_id = base.batch_id
    left join waivers
        on deliveries.batch_id = waivers.batch_id
    {{ join_shown_texts(
        'deliveries', ['reason', 'remedy', 'reason_en', 'remedy_en']
    ) }}
    left join shown as shown_waiver
        on waivers.reason = shown_waiver.written_text
)

select * from described
