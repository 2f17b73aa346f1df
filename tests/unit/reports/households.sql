-- Two villages of the same name in two towns; in the first one household with two people and a child,
-- and one of whom little is known. Two dates.
create schema mart;
create table mart.dim_household as
    select d.as_of, h.* from (values
        ('hh_1', 'N1', 'T1', '甲镇', 'V1', '南村', 'nv_1', '上屯', '=陈大', '一般贫困户', '有', 3, true, true,
            date '2016-01-01', date '2017-01-01', date '2019-11-15'),
        ('hh_2', 'N/2', 'T1', '甲镇', null, '南村', null, null, null, '低保贫困户', null, 4, null, false,
            date '2016-01-01', null, null),
        ('hh_3', 'N3', 'T2', '乙镇', 'V3', '南村', 'nv_3', '下屯', '王三', '一般贫困户', '有', 1, true, true,
            date '2016-01-01', date '2017-01-01', date '2019-11-15')
    ) as h (household_id, register_household_no, town_code, town_name, village_code, village_name,
        natural_village_id, natural_village_name, head_name, poverty_type, labour_state, member_count,
        is_lifted, is_exited, registered_on, lifted_on, exited_on),
    (values (date '2019-11-30'), (date '2019-12-31')) as d (as_of);
create table mart.dim_person as
    select d.as_of, p.* from (values
        ('hh_1', 'P1', '=陈大', '户主', '男', 1970, null, '普通劳动力', '440899************'),
        ('hh_1', 'P2', '李二', '配偶', '女', 1972, null, '普通劳动力', '440899************'),
        ('hh_1', 'P3', null, '之子', '男', 2009, '五年级', '无劳动力', '440899************'),
        ('hh_2', 'P4', null, '户主', null, null, null, null, null)
    ) as p (household_id, register_person_no, person_name, relation_code, sex_code, birth_year,
        student_status, labour_capacity, id_number_masked),
    (values (date '2019-11-30'), (date '2019-12-31')) as d (as_of);
create table mart.fct_delivery as select 'b1' as batch_id, '水务局' as department_name, '=水质.xlsx' as file_name,
    '水质检测结果' as feed_title, timestamp '2019-10-05 09:00' as received_at, repeat('a', 64) as sha256,
    date '2019-09-30' as as_of;
create table mart.fct_guarantee as
    select h.as_of, h.household_id, h.register_household_no, h.town_name, h.village_name, g.*,
        case when g.guarantee = 'water' then 'b1' end as evidence_batch_id,
        case when g.guarantee = 'water' then '=水质.xlsx' end as evidence_file_name,
        case when g.guarantee = 'water' then '表1' end as evidence_sheet,
        case when g.guarantee = 'water' then 7 end as evidence_row,
        null::varchar as override_id, null::varchar as state_before_override,
        null::varchar as state_label_before_override, null::varchar as reason_before_override,
        'R' as reason_code
    from mart.dim_household as h, (values
        ('hh_1', '2019-11-30', 'water', '饮水安全', 'MET', '有保障', '水质合格。', 5, true),
        ('hh_1', '2019-12-31', 'water', '饮水安全', 'NOT_MET', '未保障', '砷超过限值。', 5, true),
        ('hh_1', '', 'medical', '基本医疗', 'MET', '有保障', '已参保。', 2, true),
        ('hh_1', '', 'food', '不愁吃', 'UNKNOWN', '待核实', '没有入户调查。', 7, false),
        ('hh_1', '', 'water_quality', '饮水水质', 'MET', '有保障', '水质合格。', 9, false),
        ('hh_2', '', 'water', '饮水安全', 'UNKNOWN', '待核实', '对不上。', 5, true),
        ('hh_2', '', 'medical', '基本医疗', 'NOT_APPLICABLE', '不涉及', '没有成员。', 2, true),
        ('hh_3', '', 'water', '饮水安全', 'MET', '有保障', '水质合格。', 5, true)
    ) as g (of_household, of_day, guarantee, guarantee_label, state, state_label, reason, sort_order, is_counted)
    where g.of_household = h.household_id and g.of_day in ('', h.as_of::varchar);
create table mart.fct_person_guarantee as select as_of, household_id, register_person_no,
    'NOT_APPLICABLE' as education_state, '不在学龄。' as education_reason,
    case when register_person_no = 'P2' then 'NOT_MET' else 'MET' end as medical_state,
    case when register_person_no = 'P2' then '未缴费。' else '已参保。' end as medical_reason,
    null::varchar as education_subsidy_state, null::varchar as education_subsidy_reason,
    'R' as education_reason_code, 'R' as medical_reason_code, 'R' as education_subsidy_reason_code
    from mart.dim_person;
create table mart.fct_override (override_id varchar, household_id varchar, register_household_no varchar, head_name varchar,
    register_person_no varchar, town_code varchar, town_name varchar, village_code varchar, village_name varchar,
    guarantee varchar, guarantee_label varchar, state varchar, state_label varchar, state_before_override varchar,
    state_label_before_override varchar, reason_before_override varchar, override_state varchar,
    override_state_label varchar, reason varchar, evidence varchar, recorded_by varchar, amendment_reason varchar,
    lifted_by varchar, lift_reason varchar, days_left integer, sort_order integer, is_in_force boolean,
    speaks_for_on date, until_on date, recorded_at timestamp, lifted_at timestamp, as_of date);
create table mart.fct_household_payment as select date '2019-12-31' as as_of, 'hh_1' as household_id,
    'subsistence_allowance' as feed, '低保发放名册' as feed_title, '民政局' as department_name,
    'b1' as source_batch_id, '表1' as source_sheet, 5 as source_row, 3610.5::decimal(18, 2) as amount_yuan,
    12 as payment_count, date '2019-01-01' as first_paid_month, date '2019-12-01' as last_paid_month;
create table mart.fct_figure_member as select d as as_of, 'reg_hh' as figure_id, household_id, 'b1' as source_batch_id,
    '表1' as source_sheet, 3 as source_row, town_code, town_name from mart.dim_household as h,
    (values (date '2019-12-31')) as days (d) where h.as_of = d;
create table mart.fct_figure as select distinct as_of from mart.dim_household;
create table mart.fct_cross_file_problem as select date '2019-12-31' as as_of, 'b1' as batch_id,
    '表1' as source_sheet, 3 as source_row, '水质检测结果' as feed_title, '=水质.xlsx' as file_name,
    '“自然村”在台账里找不到。' as message;
