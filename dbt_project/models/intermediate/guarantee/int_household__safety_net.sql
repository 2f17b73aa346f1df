with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

towns as (
    select * from {{ ref('int_town__named') }}
),

payrolls as (
    select * from {{ ref('int_payroll__of_month') }}
),

labours as (
    select * from {{ ref('int_household__labour') }}
),

paid as (
    select * from {{ ref('int_household__payroll') }}
),

held_people as (
    select * from {{ ref('int_held_row__person') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

-- The payroll comes by town: one town's missing part says nothing of others.
delivered as (
    select towns.town_code
    from payrolls
    inner join towns
        on payrolls.town_name = towns.written_town_name
    group by towns.town_code
    having count(distinct payrolls.feed) = 2
),

reasoned as (
    select
        households.household_id,
        paid.subsistence_batch_id,
        paid.subsistence_sheet,
        paid.destitute_batch_id,
        paid.destitute_sheet,
        case
            when labours.household_id is null then 'NO_MEMBERS'
            when labours.has_labour then 'HOUSEHOLD_HAS_LABOUR'
            when labours.has_cell_held then 'HELD_CELL_DECIDES'
            when labours.has_labour_unknown then 'LABOUR_UNKNOWN'
            when paid.subsistence_batch_id is not null
                then 'ON_SUBSISTENCE_PAYROLL'
            when paid.destitute_batch_id is not null
                then 'ON_DESTITUTE_PAYROLL'
            when paid.has_id_unusable then 'ID_UNUSABLE'
            when delivered.town_code is null then 'PAYROLL_MISSING'
            else 'NOT_ON_PAYROLL'
        end as reason_code,
        paid.subsistence_row,
        paid.destitute_row,
        coalesce(
            not labours.has_labour and not labours.has_labour_unknown, false
        ) as has_no_labour
    from households
    left join located
        on households.household_id = located.household_id
    left join labours
        on households.household_id = labours.household_id
    left join paid
        on households.household_id = paid.household_id
    left join delivered
        on located.town_code = delivered.town_code
),

{{ judged_by_reason(
    'reasoned',
    [
        'household_id',
        'subsistence_batch_id',
        'subsistence_sheet',
        'destitute_batch_id',
        'destitute_sheet',
        'subsistence_row',
        'destitute_row',
        'has_no_labour',
    ],
    evidence=['subsistence', 'destitute'],
    guarantee='safety_net'
) }}

select * from judged
