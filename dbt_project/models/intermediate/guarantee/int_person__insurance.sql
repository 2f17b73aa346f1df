with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

enrolments as (
    select * from {{ ref('stg_insurance_enrolment') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

statuses as (
    select * from {{ ref('insurance_status') }}
),

kinds as (
    select * from {{ ref('insurance_kind') }}
),

-- The roll of the year of as_of, whichever roll is the newest.
of_year as (
    select
        linked.person_key,
        enrolments.insurance_kind,
        case
            when
                statuses.counts_as = 'MET'
                and not coalesce(enrolments.is_paid, false)
                then 'NOT_MET'
            else statuses.counts_as
        end as counts_as,
        case
            when
                statuses.counts_as = 'MET'
                and not coalesce(enrolments.is_paid, false)
                then 'PREMIUM_UNPAID'
            else statuses.reason_code
        end as reason_code,
        enrolments.batch_id,
        enrolments.source_sheet,
        kinds.priority,
        enrolments.source_row
    from enrolments
    cross join basis
    inner join linked
        on
            linked.feed = 'insurance_enrolment'
            and enrolments.batch_id = linked.batch_id
            and enrolments.source_sheet = linked.source_sheet
            and enrolments.source_row = linked.source_row
    inner join statuses
        on enrolments.insurance_status = statuses.insurance_status
    inner join kinds
        on enrolments.insurance_kind = kinds.insurance_kind
    where enrolments.insurance_year = basis.insurance_year
),

best as (
    select *
    from of_year
    qualify
        row_number() over (
            partition by
                person_key,
                insurance_kind
            order by
                case counts_as
                    when 'MET' then 1
                    when 'EXEMPT' then 2
                    else 3
                end asc nulls last,
                batch_id asc nulls last,
                source_sheet asc nulls last,
                source_row asc nulls last
        ) = 1
)

select * from best
