with

judged as (
    {{ union_of_guarantees(
        'household', ['household_id'], others=['int_household__inherited']
    ) }}
)

select * from judged
