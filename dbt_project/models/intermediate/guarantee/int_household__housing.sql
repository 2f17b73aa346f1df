with

basis as (
    select * from {{ ref('int_guarantee__basis') }}
),

households as (
    select * from {{ ref('int_register_household__current') }}
),

persons as (
    select * from {{ ref('int_register_person__identified') }}
),

linked as (
    select * from {{ ref('int_person__linked') }}
),

appraisals as (
    select * from {{ ref('stg_housing_appraisal') }}
),

tasks as (
    select * from {{ ref('stg_renovation_task') }}
),

supports as (
    select * from {{ ref('stg_destitute_support') }}
),

-- The dwelling may be in the name of any member of the household.
last_appraisal as (
    select
        persons.household_id,
        appraisals.batch_id,
        appraisals.source_sheet,
        appraisals.source_row,
        appraisals.dwelling_grade,
        appraisals.appraised_on
    from appraisals
    cross join basis
    inner join linked
        on
            linked.feed = 'housing_appraisal'
            and appraisals.batch_id = linked.batch_id
            and appraisals.source_sheet = linked.source_sheet
            and appraisals.source_row = linked.source_row
    inner join persons
        on linked.person_key = persons.person_key
    where
        appraisals.is_latest
        and appraisals.appraised_on <= basis.as_of
    qualify
        row_number() over (
            partition by persons.household_id
            order by
                appraisals.appraised_on desc nulls last,
                appraisals.dwelling_grade desc nulls last,
                appraisals.batch_id asc nulls last,
                appraisals.source_sheet asc nulls last,
                appraisals.source_row asc nulls last
        ) = 1
),

-- What the ledger dates after as_of has not happened yet.
dated_tasks as (
    select
        tasks.batch_id,
        tasks.source_sheet,
        tasks.task_year,
        tasks.source_row,
        tasks.acceptance_result,
        case when tasks.started_on <= basis.as_of then tasks.started_on end
            as started_on,
        case when tasks.finished_on <= basis.as_of then tasks.finished_on end
            as finished_on,
        case when tasks.accepted_on <= basis.as_of then tasks.accepted_on end
            as accepted_on
    from tasks
    cross join basis
    where tasks.is_latest
),

last_task as (
    select
        persons.household_id,
        dated_tasks.batch_id,
        dated_tasks.source_sheet,
        dated_tasks.source_row,
        dated_tasks.acceptance_result,
        dated_tasks.finished_on,
        dated_tasks.accepted_on
    from dated_tasks
    inner join linked
        on
            linked.feed = 'renovation_task'
            and dated_tasks.batch_id = linked.batch_id
            and dated_tasks.source_sheet = linked.source_sheet
            and dated_tasks.source_row = linked.source_row
    inner join persons
        on linked.person_key = persons.person_key
    qualify
        row_number() over (
            partition by persons.household_id
            order by
                dated_tasks.task_year desc nulls last,
                coalesce(
                    dated_tasks.accepted_on,
                    dated_tasks.finished_on,
                    dated_tasks.started_on
                ) desc nulls last,
                dated_tasks.batch_id asc nulls last,
                dated_tasks.source_sheet asc nulls last,
                dated_tasks.source_row asc nulls last
        ) = 1
),

collective_care as (
    select
        linked.person_key,
        supports.batch_id,
        supports.source_sheet,
        supports.source_row
    from supports
    cross join basis
    inner join linked
        on
            linked.feed = 'destitute_support'
            and supports.batch_id = linked.batch_id
            and supports.source_sheet = linked.source_sheet
            and supports.source_row = linked.source_row
    where
        supports.support_kind = '集中'
        and supports.pay_month = basis.pay_month
    qualify
        row_number() over (
            partition by linked.person_key
            order by
                supports.batch_id asc nulls last,
                supports.source_sheet asc nulls last,
                supports.source_row asc nulls last
        ) = 1
),

-- An institution houses a household only where it houses every member.
in_institution as (
    select
        persons.household_id,
        collective_care.batch_id,
        collective_care.source_sheet,
        collective_care.source_row
    from persons
    left join collective_care
        on persons.person_key = collective_care.person_key
    qualify
        row_number() over (
            partition by persons.household_id
            order by
                -- whoever is not in an institution comes first, without a row
                case when collective_care.person_key is null then 1 else 2 end
                asc nulls last,
                persons.register_person_no asc nulls last
        ) = 1
),

reasoned as (
    select
        households.household_id,
        case
            when last_appraisal.dwelling_grade in ('A', 'B')
                then 'APPRAISED_SAFE'
            when
                last_task.accepted_on is not null
                and coalesce(last_task.acceptance_result, '') <> '不合格'
                and (
                    last_appraisal.appraised_on is null
                    or last_task.accepted_on >= last_appraisal.appraised_on
                )
                then 'RENOVATION_ACCEPTED'
            when
                last_task.finished_on is not null
                and last_task.accepted_on is null
                then 'FINISHED_NOT_ACCEPTED'
            when in_institution.batch_id is not null
                then 'COLLECTIVE_CARE'
            when last_appraisal.dwelling_grade is not null
                then 'APPRAISED_UNSAFE'
            when last_task.acceptance_result = '不合格'
                then 'ACCEPTANCE_FAILED'
            else 'NO_HOUSING_EVIDENCE'
        end as housing_reason_code,
        last_appraisal.batch_id as appraisal_batch_id,
        last_appraisal.source_sheet as appraisal_sheet,
        last_task.batch_id as task_batch_id,
        last_task.source_sheet as task_sheet,
        in_institution.batch_id as care_batch_id,
        in_institution.source_sheet as care_sheet,
        last_appraisal.source_row as appraisal_row,
        last_task.source_row as task_row,
        in_institution.source_row as care_row
    from households
    left join last_appraisal
        on households.household_id = last_appraisal.household_id
    left join last_task
        on households.household_id = last_task.household_id
    left join in_institution
        on households.household_id = in_institution.household_id
),

judged as (
    select
        household_id,
        case
            when
                housing_reason_code in (
                    'APPRAISED_SAFE', 'RENOVATION_ACCEPTED', 'COLLECTIVE_CARE'
                )
                then 'MET'
            when
                housing_reason_code in ('APPRAISED_UNSAFE', 'ACCEPTANCE_FAILED')
                then 'NOT_MET'
            else 'UNKNOWN'
        end as housing_state,
        housing_reason_code,
        case
            when housing_reason_code in ('APPRAISED_SAFE', 'APPRAISED_UNSAFE')
                then appraisal_batch_id
            when housing_reason_code = 'COLLECTIVE_CARE' then care_batch_id
            else task_batch_id
        end as housing_evidence_batch_id,
        case
            when housing_reason_code in ('APPRAISED_SAFE', 'APPRAISED_UNSAFE')
                then appraisal_sheet
            when housing_reason_code = 'COLLECTIVE_CARE' then care_sheet
            else task_sheet
        end as housing_evidence_sheet,
        case
            when housing_reason_code in ('APPRAISED_SAFE', 'APPRAISED_UNSAFE')
                then appraisal_row
            when housing_reason_code = 'COLLECTIVE_CARE' then care_row
            else task_row
        end as housing_evidence_row
    from reasoned
)

select * from judged
