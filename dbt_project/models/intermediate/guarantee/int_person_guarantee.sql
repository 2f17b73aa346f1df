with

judged as (
    {{ union_of_guarantees('person', ['register_person_no', 'household_id']) }}
)

select * from judged
