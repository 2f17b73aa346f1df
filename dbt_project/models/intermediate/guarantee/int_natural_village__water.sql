with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

natural_villages as (
    select * from {{ ref('int_natural_village') }}
),

qualities as (
    select * from {{ ref('int_natural_village__water_quality') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

tested as (
    select
        natural_villages.natural_village_id,
        qualities.quality_state,
        qualities.quality_reason_code,
        case
            when natural_villages.daily_litres_per_head is null then 'UNKNOWN'
            when
                natural_villages.daily_litres_per_head >= basis.water_litres_min
                then 'MET'
            else 'NOT_MET'
        end as quantity_state,
        case
            when natural_villages.is_at_home then 'MET'
            when
                {{ cell_is_held('natural_villages', 'is_at_home') }}
                and natural_villages.fetch_minutes
                > basis.water_fetch_minutes_max
                then 'UNKNOWN'
            when natural_villages.fetch_minutes is null then 'UNKNOWN'
            when
                natural_villages.fetch_minutes <= basis.water_fetch_minutes_max
                then 'MET'
            else 'NOT_MET'
        end as access_state,
        case
            when natural_villages.outage_days is null then 'UNKNOWN'
            when
                natural_villages.outage_days <= basis.water_outage_days_max
                then 'MET'
            else 'NOT_MET'
        end as outage_state,
        qualities.quality_batch_id,
        qualities.quality_sheet,
        natural_villages.batch_id as ledger_batch_id,
        natural_villages.source_sheet as ledger_sheet,
        qualities.quality_row,
        natural_villages.source_row as ledger_row,
        {{ date_diff_days('natural_villages.speaks_for_on', 'basis.as_of') }}
        <= basis.water_ledger_days_max as is_ledger_fresh,
        {{ cell_is_held('natural_villages', 'daily_litres_per_head') }}
            as is_quantity_held,
        {{ cell_is_held('natural_villages', 'is_at_home') }}
        or {{ cell_is_held('natural_villages', 'fetch_minutes') }}
            as is_access_held,
        {{ cell_is_held('natural_villages', 'outage_days') }} as is_outage_held
    from natural_villages
    cross join basis
    inner join qualities
        on natural_villages.natural_village_id = qualities.natural_village_id
),

-- The worst of the four tests decides; an old ledger proves nothing, nor
-- which works supply the village.
reasoned as (
    select
        *,
        'water' as guarantee,
        case
            when not is_ledger_fresh then 'WATER_LEDGER_NOT_FRESH'
            when quality_state = 'NOT_MET' then quality_reason_code
            when quantity_state = 'NOT_MET' then 'WATER_QUANTITY_SHORT'
            when access_state = 'NOT_MET' then 'WATER_TOO_FAR'
            when outage_state = 'NOT_MET' then 'WATER_OUTAGE_LONG'
            when quality_state = 'UNKNOWN' then quality_reason_code
            when
                quantity_state = 'UNKNOWN' and is_quantity_held
                or access_state = 'UNKNOWN' and is_access_held
                or outage_state = 'UNKNOWN' and is_outage_held
                then 'HELD_CELL_DECIDES'
            when quantity_state = 'UNKNOWN' then 'WATER_QUANTITY_UNKNOWN'
            when access_state = 'UNKNOWN' then 'WATER_ACCESS_UNKNOWN'
            when outage_state = 'UNKNOWN' then 'WATER_OUTAGE_UNKNOWN'
            when quality_reason_code = 'WATER_QUALITY_PASSED' then 'WATER_SAFE'
            else quality_reason_code
        end as reason_code
    from tested
    union all
    select
        *,
        'water_quality' as guarantee,
        case
            when is_ledger_fresh then quality_reason_code
            else 'WATER_LEDGER_NOT_FRESH'
        end as reason_code
    from tested
),

{{ judged_by_reason(
    'reasoned', ['natural_village_id'], evidence=['quality', 'ledger']
) }}

select * from judged
