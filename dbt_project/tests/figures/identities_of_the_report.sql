-- Identities of the report (I1, I9 to I11, I15) that hold where the departments'
-- data agree: a person on two rolls breaks them, and is a lead, not a fault.
{{ config(severity='warn') }}
with

county as (
    {{ county_values([
        'vlg_with_poor', 'vlg_relative_poor', 'vlg_dispersed', 'dib_all_hh',
        'dib_dibao_hh', 'dib_wubao_hh', 'dib_all_pp', 'dib_dibao_pp',
        'dib_wubao_pp', 'ins_resident_pp', 'ins_employee_pp', 'reg_pp',
        'hous_2018_task', 'hous_2018_done', 'hous_2019_task', 'hous_2019_done',
        'aud_22_total', 'aud_22_edu', 'aud_22_house',
    ]) }}
),

broken as (
    {{ broken_identities({
        'I1': 'vlg_relative_poor + vlg_dispersed = vlg_with_poor',
        'I9 hh': 'dib_dibao_hh + dib_wubao_hh = dib_all_hh',
        'I9 pp': 'dib_dibao_pp + dib_wubao_pp = dib_all_pp',
        'I10': 'ins_resident_pp + ins_employee_pp = reg_pp',
        'I11 2018': 'hous_2018_task = hous_2018_done',
        'I11 2019': 'hous_2019_task = hous_2019_done',
        'I15': 'aud_22_edu + aud_22_house = aud_22_total',
    }) }}
)

select * from broken
