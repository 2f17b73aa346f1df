-- Who counts above the line of a rate must stand below it too. Money that was
-- spent has vouchers of its own, beside those of the money that came in.
with

members as (
    select *
    from {{ ref('fct_figure_member') }}
    where as_of = {{ as_of() }}
),

rates as (
    select *
    from {{ ref('figure') }}
    where
        measure = 'rate'
        and member_kind <> 'voucher'
)

select
    above.figure_id,
    above.member_key
from members as above
inner join rates
    on above.figure_id = rates.figure_id
left join members as below
    on
        above.figure_id = below.figure_id
        and above.member_key = below.member_key
        and below.role = 'denominator'
where
    above.role = 'numerator'
    and below.member_key is null
