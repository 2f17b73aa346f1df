{#
  Which of two deliveries came later: their number in the order of arrival
  decides, never the clock, which may jump. What was received before numbers
  were kept has none and came before everything that has one; among itself its
  time decides.
#}
{% macro newest_first(what='received', of=none) -%}
    {%- set columns = of ~ '.' ~ what if of else what -%}
    coalesce({{ columns }}_no, 0) desc nulls last,
    {{ columns }}_at desc nulls last
{%- endmacro %}


{% macro oldest_first(what='received', of=none) -%}
    {%- set columns = of ~ '.' ~ what if of else what -%}
    coalesce({{ columns }}_no, 0) asc nulls last,
    {{ columns }}_at asc nulls last
{%- endmacro %}


{# Whether `one` arrived before `other`; with `keys`, those decide a tie. #}
{% macro arrived_before(
    one, other, other_what='received', one_key=none, other_key=none
) -%}
    (
        coalesce({{ one }}.received_no, 0),
        {{ one }}.received_at{{ ', ' ~ one_key if one_key }}
    )
    < (
        coalesce({{ other }}.{{ other_what }}_no, 0),
        {{ other }}.{{ other_what }}_at{{ ', ' ~ other_key if other_key }}
    )
{%- endmacro %}


{#
  A file's name without folder, ending and what a returned copy adds: the copy
  of '低保.xls' is '低保.反馈.xlsx', and saved once more '低保.反馈(2).xlsx'.
#}
{% macro file_stem(file_name) -%}
    {{ regexp_replace_all(
        file_name,
        '(\\.反馈(\\s*[(（]\\d+[)）]|\\s*-\\s*(副本|copy))*)*'
        ~ '(\\.[A-Za-z][A-Za-z0-9]{0,5})?$|^.*/'
    ) }}
{%- endmacro %}


{#
  A stem without what says that the file is sent again: words, or a number in
  brackets. A bare number tells one file from the next (发放表1, 发放表2).
#}
{% macro stem_first_sent(stem) -%}
    {{ regexp_replace_all(
        stem,
        '([\\s_—-]*('
        ~ '[(（【\\[]?(已|再次?|重新?|最新|最终|最后|第.次)*'
        ~ '(修改|更正|修正|改正|订正|补正|更新|核对|重报|报送|上报|改|副本|copy'
        ~ '|定稿|终稿|最新|最终|最后|新|终|[vV]\\d{1,2})(后|版|稿|好|过|版本)*[)）】\\]]?'
        ~ '|[(（]\\d{1,2}[)）]))+$'
    ) }}
{%- endmacro %}
