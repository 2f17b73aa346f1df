-- Identities of the report (I2 to I5, I7, I8, I12, I16) that no data may
-- break. I12 divides what is printed in 万人 with two digits: its rounding is
-- allowed for. Households whose 是否脱贫 could not be read, and people whose
-- household is in no register, are neither lifted nor not lifted.
with

county as (
    {{ county_values([
        'reg_hh', 'reg_pp', 'lifted_hh', 'lifted_pp', 'lifted_rate',
        'exited_hh', 'exited_pp', 'exit_rate', 'not_lifted_hh',
        'not_lifted_pp', 'lifted_not_exited_hh', 'lifted_not_exited_pp',
        'edu_compulsory_pp', 'edu_in_school_pp', 'edu_enrol_rate',
        'edu_subsidy_pp', 'edu_sub_compulsory', 'edu_sub_high', 'edu_sub_voc',
        'edu_sub_college', 'edu_sub_tech', 'wat_agri_pop', 'wat_pop_on',
        'wat_cover', 'rect_issues', 'rect_issues_insp', 'rect_issues_audit',
        'rect_closed', 'rect_closed_insp', 'rect_closed_audit',
        'rect_ongoing', 'rect_ongoing_insp', 'rect_ongoing_audit',
    ]) }}
),

broken as (
    {{ broken_identities({
        'I2': 'abs(lifted_pp * 100 / reg_pp - lifted_rate) <= 0.01',
        'I3': 'abs(exited_pp * 100 / reg_pp - exit_rate) <= 0.01',
        'I4 hh': 'reg_hh - lifted_hh >= not_lifted_hh',
        'I4 pp': 'reg_pp - lifted_pp >= not_lifted_pp',
        'I4 exited hh': 'lifted_hh - exited_hh = lifted_not_exited_hh',
        'I4 exited pp': 'lifted_pp - exited_pp = lifted_not_exited_pp',
        'I5 hh': 'exited_hh <= lifted_hh and lifted_hh <= reg_hh',
        'I5 pp': 'exited_pp <= lifted_pp and lifted_pp <= reg_pp',
        'I7': 'abs(edu_in_school_pp * 100 / edu_compulsory_pp'
            ~ ' - edu_enrol_rate) <= 0.1',
        'I8': 'edu_sub_compulsory + edu_sub_high + edu_sub_voc'
            ~ ' + edu_sub_college + edu_sub_tech = edu_subsidy_pp',
        'I12': 'abs(wat_pop_on * 100 / wat_agri_pop - wat_cover)'
            ~ ' <= 0.1 + 1 / wat_agri_pop',
        'I16': 'rect_closed + rect_ongoing = rect_issues',
        'I16 issues': 'rect_issues_insp + rect_issues_audit = rect_issues',
        'I16 closed': 'rect_closed_insp + rect_closed_audit = rect_closed',
        'I16 ongoing': 'rect_ongoing_insp + rect_ongoing_audit'
            ~ ' = rect_ongoing',
    }) }}
)

select * from broken
