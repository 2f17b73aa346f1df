-- 100 % is printed only where everybody is known to be counted.
select
    figure_id,
    printed,
    numerator,
    denominator,
    unknown_count
from {{ ref('rpt_self_assessment') }}
where
    as_of = {{ as_of() }}
    and unit = '%'
    and value >= 100
    and printed is not null
    and (numerator < denominator or unknown_count > 0)
