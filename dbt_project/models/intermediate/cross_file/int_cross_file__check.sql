with

declared as (
    {{ cross_file_declarations() }}
)

select * from declared
