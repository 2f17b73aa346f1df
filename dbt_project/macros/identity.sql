{# How people, households and places are named. #}

{# Keyed hash (HMAC-like, two passes) of a person's ID number or, where the
   register holds none that can be used, of the register's person number. #}
{% macro person_key(identifier, key='person_hash_key.key') -%}
    {{ hash_text(
        key ~ " || " ~ hash_text(key ~ " || " ~ identifier)
    ) }}
{%- endmacro %}

{% macro household_id(register_household_no) -%}
    'hh_' || md5({{ register_household_no }})
{%- endmacro %}

{# First six, eight stars, last four; null stays null. #}
{% macro masked_id(id_number) -%}
    case
        when length({{ id_number }}) = 18
            then
                substr({{ id_number }}, 1, 6) || '********'
                || substr({{ id_number }}, 15, 4)
    end
{%- endmacro %}

{# A village's name without what departments write after it. 村 alone is cut
   only behind two characters: 东村 stays 东村. #}
{% macro village_match_name(name) -%}
    {%- set bare = regexp_replace_all(
        "trim(" ~ name ~ ")",
        "(社区居民委员会|社区居委会|村民委员会|居民委员会|村委会|居委会"
        ~ "|社区|经济合作社|合作社)$"
    ) -%}
    case
        when length({{ bare }}) > 2 and {{ bare }} like '%村'
            then substr({{ bare }}, 1, length({{ bare }}) - 1)
        else {{ bare }}
    end
{%- endmacro %}
