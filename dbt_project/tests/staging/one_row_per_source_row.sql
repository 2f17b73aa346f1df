-- The grain of every staging model of a feed, in one test: a source row gives
-- one row. (A test for each of them would cost the night seconds.)
{% for feed in feeds() %}
    select
        '{{ feed }}' as feed,
        batch_id,
        source_sheet,
        source_row,
        count(*) as row_count
    from {{ ref('stg_' ~ feed) }}
    group by batch_id, source_sheet, source_row
    having count(*) > 1
    {{ 'union all' if not loop.last }}
{% endfor %}
