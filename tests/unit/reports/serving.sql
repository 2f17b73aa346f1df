-- Thirty households of two persons in three towns, and figures that count them.
create schema mart;
        create table catalogue as select * from (values     ('reg_hh', '建档立卡贫困户户数', '户', 'H', 'count', 0, '进展情况与成效', '建档立卡户', null, true, 30, null,
    'COUNTED', null, 10),
('lifted_hh', '脱贫户数', '户', 'H', 'count', 0, '进展情况与成效', '已脱贫的户', null, true, 28, null,
    'COUNTED_WITH_GAPS', '有 1 行暂扣待改。', 20),
('grt_all', '各项保障都有的户比例', '%', 'H', 'rate', 2, null, '都有保障的户', '建档立卡户', true, 27, 30,
    'COUNTED', null, 30),
('ins_rate', '基本医疗保险落实率', '%', 'P', 'rate', 2, '政策落实情况', '参保的人', '建档立卡人口', true, 60,
    60, 'COUNTED', null, 40),
('wat_pop_on', '通水人口', '万人', 'V', 'sum', 2, '政策落实情况', '通水人口', null, true, 571700, null,
    'COUNTED', null, 50),
('ind_park', '现代农业产业园投资', '万元', 'A', 'sum', 2, '典型经验与做法', '投资', null, true, 55000, null,
    'COUNTED', null, 60),
('gone', '从没报过的', '人', 'P', 'count', 0, '政策落实情况', '从没报过的人', null, true, 0, null,
    'NOT_COUNTABLE', '没有收到数据。', 70),
('ill', '住院人次', '人次', 'E', 'count', 0, '政策落实情况', '住院', null, false, 5, null, 'COUNTED', null, 80)) as t (figure_id, label, unit, kind,
            measure, digits, section, numerator_label, denominator_label, has_list, numerator, denominator,
            count_state, caveat, sort_order);
        create table mart.dim_figure as select figure_id, label, unit, kind, 'x' as member_kind, measure,
            digits, section, numerator_label, denominator_label, '截止日期' as as_of_rule,
    'register' as feeds,
            '名册' as feed_title, '扶贫办' as department_name, has_list, sort_order, date '2019-12-31' as as_of
            from catalogue;
        create table values_ as select *, case when count_state = 'NOT_COUNTABLE' then null
            when measure = 'rate' then round(100.0 * numerator / denominator, 2)
            when unit = '万人' then numerator / 10000 else numerator end::decimal(18, 4) as value from catalogue;
        create table mart.fct_figure as
            select figure_id, 'county' as area_level, '440825' as area_code, '徐闻县' as area_name,
                numerator::decimal(18, 2) as numerator, denominator::decimal(18, 2) as denominator, value,
                0::decimal(18, 2) as met_count, 0::decimal(18, 2) as not_met_count,
                0::decimal(18, 2) as unknown_count, 0::decimal(18, 2) as exempt_count, count_state, caveat,
                date '2019-12-31' as as_of from values_
            union all select figure_id, 'county', '440825', '徐闻县', 1, 1, 26, 0, 0, 0, 0, 'COUNTED', null,
                date '2018-12-31' from values_ where figure_id = 'reg_hh'
            union all select 'grt_all', 'town', n::varchar, '第' || n || '镇', 10 - n, 10, 100 - 10 * n, 10 - n,
                n, 0, 0, 'COUNTED', null, date '2019-12-31' from range(3) as r (n);
        create table mart.rpt_self_assessment as select figure_id, case when value is null then
            '算不出：没有收到数据。' end as blocked_reason,
            case when value = 0 then '0' else regexp_replace(value::varchar, '\.?0+$', '') end
            || unit as printed,
            value + 1 as report_value, date '2019-12-31' as as_of
            from values_ where section is not null;
        create table mart.dim_household as select 'hh_' || n as household_id, 'N' || n as register_household_no,
            'T' || n % 3 as town_code, '第' || n % 3 || '镇' as town_name, 'V' as village_code,
            '村' as village_name, '户主' || n as head_name, 2 as member_count, date '2019-12-31' as as_of
            from range(30) as r (n);
        create table mart.dim_person as select 'p_' || n as person_key, 'M' || n as register_person_no,
            'hh_' || n // 2 as household_id, 'T' || n // 2 % 3 as town_code, '第' || n // 2 % 3 || '镇'
            as town_name, 'V' as village_code, '村' as village_name, '人' || n as person_name, '女' as sex_code,
            1990 as birth_year, date '2019-12-31' as as_of from range(60) as r (n);
        create table mart.fct_household_guarantee as select household_id, as_of from mart.dim_household;
        create table mart.fct_delivery as select 'b1' as batch_id, '扶贫办' as department_name,
            '=名册.xlsx' as file_name, '名册' as feed_title, 'register' as feed,
    'LOADED' as delivery_state, timestamp '2020-01-05 09:00' as received_at,
    cast(null as timestamp) as withdrawn_at, 3 as rows_still_held, true as is_in_force, repeat('a', 64) as sha256, date '2019-12-31' as as_of;
        create table mart.fct_figure_member as
            with h as (select *, substr(household_id, 4)::int as n from mart.dim_household)
            select f.figure_id, r.role, 'household' as member_kind, h.household_id as member_key,
                h.household_id, null::varchar as person_key, 'MET' as state,
                case when f.figure_id = 'grt_all' and h.n = 1 then 'o1' end as override_id, h.town_code, h.town_name,
                h.village_code, h.village_name, 'b1' as source_batch_id, '表1' as source_sheet,
                h.n + 3 as source_row, 1::decimal(18, 2) as amount, date '2019-12-31' as as_of
            from h, catalogue f, (values ('numerator'), ('denominator')) as r (role)
            where f.kind = 'H' and h.n < case r.role when 'numerator' then f.numerator else f.denominator end
            union all
            select 'ins_rate', r.role, 'person', p.register_person_no, p.household_id, p.person_key, 'MET',
                null, p.town_code, p.town_name, p.village_code, p.village_name, 'b1', '表1', 9, 1, date '2019-12-31'
            from mart.dim_person p, (values ('numerator'), ('denominator')) as r (role)
            union all select 'wat_pop_on', 'numerator', 'natural_village', 'v1', null, null, null, null, 'T1',
                '第1镇', 'V', '村', 'b1', '表1', 4, 571700, date '2019-12-31';
        create table mart.fct_override (override_id varchar, household_id varchar, register_household_no varchar, head_name varchar,
    register_person_no varchar, town_code varchar, town_name varchar, village_code varchar, village_name varchar,
    guarantee varchar, guarantee_label varchar, state varchar, state_label varchar, state_before_override varchar,
    state_label_before_override varchar, reason_before_override varchar, override_state varchar,
    override_state_label varchar, reason varchar, evidence varchar, recorded_by varchar, amendment_reason varchar,
    lifted_by varchar, lift_reason varchar, days_left integer, sort_order integer, is_in_force boolean,
    speaks_for_on date, until_on date, recorded_at timestamp, lifted_at timestamp, as_of date);
        insert into mart.fct_override by name select 'o1' as override_id, 'hh_1' as household_id,
            'N1' as register_household_no, '=户主1' as head_name, 'T1' as town_code, '第1镇' as town_name,
            '村' as village_name, 'housing' as guarantee, '住房安全' as guarantee_label, 'MET' as state,
            '有保障' as state_label, '待核实' as state_label_before_override,
            '没有房屋鉴定。' as reason_before_override, 'IN_FORCE' as override_state,
            '有效' as override_state_label, '房屋已鉴定，表没报。' as reason, '=入户记录，照片 3' as evidence,
            '李主任' as recorded_by, true as is_in_force, date '2019-12-31' as speaks_for_on,
            date '2020-03-31' as until_on, timestamp '2020-01-04 09:00' as recorded_at, date '2019-12-31' as as_of;
        insert into mart.fct_override by name select 'o2' as override_id, 'hh_2' as household_id,
            'LAPSED' as override_state, false as is_in_force, date '2019-12-31' as as_of;
        create table mart.fct_claim as select 'statement:1' as claim_id, 'reg_hh' as figure_id, '建档立卡贫困户户数' as label,
    31::decimal(18, 4) as claimed_value, '户' as claimed_unit, 30::decimal(18, 4) as counted_value, '户' as unit,
    'CONTRADICTED' as claim_state, '=说明.docx' as document_name, '扶贫办' as claimed_by, date '2019-12-31' as as_of;
create table mart.fct_identity as select 'I4' as identity_id, '脱贫户都是建档立卡户' as label,
            'BLOCK' as severity, '<=' as comparator, '脱贫户数 28' as left_text, '建档立卡贫困户户数 30'
            as right_text, getvariable('identity_state') as identity_state, 1 as differing_count, 1 as sort_order,
            null::varchar as contradiction_id, null::varchar as statement, null::varchar as claim_id,
            null::varchar as document_name, null::decimal(18, 4) as claimed_value, null::varchar as claimed_unit,
            null::decimal(18, 4) as counted_value, null::varchar as counted_unit,
            date '2019-12-31' as as_of
        union all select 'X5_sum', '公益岗的人已在就业人员之中', 'NOTE', 'apart', '公益岗 2', '就业 9', 'BROKEN', 2, 2,
            'X5', '现已就业 9 人', 'statement:1', '就业说明', 11, '人', 9, '人', date '2019-12-31';
        create table mart.fct_identity_member as select 'I4' as identity_id, 'household' as member_kind,
            'hh_7' as member_key, 'hh_7' as household_id, null::varchar as person_key, '第1镇' as town_name,
            '村' as village_name, 1::decimal(18, 2) as left_amount, 0::decimal(18, 2) as right_amount,
            date '2019-12-31' as as_of;
