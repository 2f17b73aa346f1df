with

linked as (
    select * from {{ ref('int_person__linked') }}
),

fresh as (
    select * from {{ ref('int_school_roll__fresh') }}
),

statuses as (
    select * from {{ ref('enrolment_status') }}
),

stages as (
    select * from {{ ref('school_stage') }}
),

-- Evidence of schooling first: a pupil who left one school and is at another
-- is at school.
ranked as (
    select
        linked.person_key,
        fresh.stage,
        fresh.enrolment_status,
        case
            when statuses.counts_as = 'MET' and not stages.counts_as_schooling
                then 'NOT_MET'
            else statuses.counts_as
        end as counts_as,
        case
            when statuses.counts_as = 'MET' and not stages.counts_as_schooling
                then 'PRESCHOOL_ONLY'
            else statuses.reason_code
        end as reason_code,
        fresh.batch_id,
        fresh.source_sheet,
        fresh.source_row,
        statuses.is_enrolled and stages.is_compulsory as is_compulsory,
        row_number() over (
            partition by linked.person_key
            order by
                case
                    when stages.counts_as_schooling then statuses.priority
                    else statuses.priority + 100
                end asc nulls last,
                fresh.batch_id asc nulls last,
                fresh.source_sheet asc nulls last,
                fresh.source_row asc nulls last
        ) as place
    from fresh
    inner join linked
        on
            linked.feed = 'school_enrolment'
            and fresh.batch_id = linked.batch_id
            and fresh.source_sheet = linked.source_sheet
            and fresh.source_row = linked.source_row
    inner join statuses
        on fresh.enrolment_status = statuses.enrolment_status
    inner join stages
        on fresh.stage = stages.stage
),

best as (
    select
        person_key,
        max(case when place = 1 then stage end) as stage,
        max(case when place = 1 then counts_as end) as counts_as,
        max(case when place = 1 then reason_code end) as reason_code,
        max(case when place = 1 then batch_id end) as batch_id,
        max(case when place = 1 then source_sheet end) as source_sheet,
        max(case when place = 1 then source_row end) as source_row,
        bool_or(is_compulsory) as is_compulsory_enrolled
    from ranked
    group by person_key
)

select * from best
