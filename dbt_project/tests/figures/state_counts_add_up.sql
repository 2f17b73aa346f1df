-- A rate travels with its four counts, and they are everybody it is about.
select
    figure_id,
    area_level,
    area_code,
    denominator,
    met_count,
    not_met_count,
    unknown_count,
    exempt_count
from {{ ref('fct_figure') }}
where
    as_of = {{ as_of() }}
    and denominator is not null
    and met_count is not null
    and met_count + not_met_count + unknown_count + exempt_count <> denominator
