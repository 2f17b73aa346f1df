with

referring as (
    select distinct
        checks.lookup,
        referring.value
    from {{ ref('int_cross_file__reference') }} as referring
    inner join {{ ref('int_cross_file__check') }} as checks
        on referring.code = checks.code
),

known as (
    {{ cross_file_keys('referring') }}
)

select * from known
