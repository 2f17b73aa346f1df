-- The grain of every staging model of a feed, in one test: a source row gives
-- one row, or one per value of its cells. (A test for each of them would cost the night seconds.)
{% for feed in feeds() %}
    select
        '{{ feed }}' as feed,
        batch_id,
        source_sheet,
        source_row,
        {{ source_item(feed, 'origin') }} as source_item,
        count(*) as row_count
    from {{ ref('stg_' ~ feed) }} as origin
    group by batch_id, source_sheet, source_row, source_item
    having count(*) > 1
    {{ 'union all' if not loop.last }}
{% endfor %}
