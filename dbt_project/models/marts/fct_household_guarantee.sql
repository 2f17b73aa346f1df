{{ config(**partition_config()) }}
with

households as (
    select * from {{ ref('int_register_household__current') }}
),

located as (
    select * from {{ ref('int_household__located') }}
),

education_states as (
    select * from {{ ref('int_household__education') }}
),

medical_states as (
    select * from {{ ref('int_household__medical') }}
),

housing_states as (
    select * from {{ ref('int_household__housing') }}
),

water_states as (
    select * from {{ ref('int_household__water') }}
),

safety_net_states as (
    select * from {{ ref('int_household__safety_net') }}
),

survey_states as (
    select * from {{ ref('int_household__survey') }}
),

reasons as (
    select * from {{ ref('reason') }}
),

joined as (
    select
        households.household_id,
        households.register_household_no,
        located.town_code,
        located.town_name,
        located.village_code,
        located.village_name,
        {{ guarantee_columns('education_states', 'education') }},
        {{ guarantee_columns('medical_states', 'medical') }},
        {{ guarantee_columns('housing_states', 'housing') }},
        {{ guarantee_columns('water_states', 'water') }},
        {{ guarantee_columns('safety_net_states', 'safety_net') }},
        {{ guarantee_columns('survey_states', 'food') }},
        {{ guarantee_columns('survey_states', 'clothing') }},
        water_states.water_quality_state,
        water_states.water_quality_reason_code
    from households
    left join located
        on households.household_id = located.household_id
    inner join education_states
        on households.household_id = education_states.household_id
    inner join medical_states
        on households.household_id = medical_states.household_id
    inner join housing_states
        on households.household_id = housing_states.household_id
    inner join water_states
        on households.household_id = water_states.household_id
    inner join safety_net_states
        on households.household_id = safety_net_states.household_id
    inner join survey_states
        on households.household_id = survey_states.household_id
),

counted as (
    select
        *,
        {{ count_of_state('NOT_MET') }}
            as not_met_count,
        {{ count_of_state('UNKNOWN') }}
            as unknown_count
    from joined
),

final as (
    select
        counted.household_id,
        counted.register_household_no,
        counted.town_code,
        counted.town_name,
        counted.village_code,
        counted.village_name,
        {{ guarantee_columns('counted', 'education') }},
        education_reason.sentence as education_reason,
        {{ guarantee_columns('counted', 'medical') }},
        medical_reason.sentence as medical_reason,
        {{ guarantee_columns('counted', 'housing') }},
        housing_reason.sentence as housing_reason,
        {{ guarantee_columns('counted', 'water') }},
        water_reason.sentence as water_reason,
        {{ guarantee_columns('counted', 'safety_net') }},
        safety_net_reason.sentence as safety_net_reason,
        {{ guarantee_columns('counted', 'food') }},
        food_reason.sentence as food_reason,
        {{ guarantee_columns('counted', 'clothing') }},
        clothing_reason.sentence as clothing_reason,
        counted.water_quality_state,
        counted.water_quality_reason_code,
        counted.not_met_count,
        counted.unknown_count,
        counted.not_met_count + counted.unknown_count = 0 as is_guaranteed,
        {{ as_of() }} as as_of
    from counted
    left join reasons as education_reason
        on counted.education_reason_code = education_reason.reason_code
    left join reasons as medical_reason
        on counted.medical_reason_code = medical_reason.reason_code
    left join reasons as housing_reason
        on counted.housing_reason_code = housing_reason.reason_code
    left join reasons as water_reason
        on counted.water_reason_code = water_reason.reason_code
    left join reasons as safety_net_reason
        on counted.safety_net_reason_code = safety_net_reason.reason_code
    left join reasons as food_reason
        on counted.food_reason_code = food_reason.reason_code
    left join reasons as clothing_reason
        on counted.clothing_reason_code = clothing_reason.reason_code
)

select * from final
