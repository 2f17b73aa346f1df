{# Which columns of the feeds some figure rests on. #}

{# Model → the models that read it. #}
{% macro readers_of_models() -%}
    {%- set readers = {} -%}
    {%- for node in graph.get('nodes', {}).values()
        if node.resource_type == 'model' -%}
        {%- for parent in node.depends_on.nodes -%}
            {%- do readers.setdefault(parent, []).append(node) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(readers) }}
{%- endmacro %}


{# The words by which a text names columns: all but those of lines that hold
   nothing but a column, which hand it on. #}
{% macro words_naming(text) -%}
    {%- set words = {} -%}
    {%- set handed_on = '(?m)^[ ]*(\\w+\\.)?\\w+,?[ ]*$' -%}
    {%- for word in modules.re.findall(
        '\\w+', modules.re.sub(handed_on, '', text)
    ) -%}
        {%- do words.update({word: true}) -%}
    {%- endfor -%}
    {{ return(words) }}
{%- endmacro %}


{# Adds to `words` those of our macros that a node or macro calls, and of those
   that they call: a rule that stands in a macro names its columns there. #}
{% macro add_words_of_macros(calling, words, seen) -%}
    {%- for unique_id in calling.depends_on.macros
        if unique_id.startswith('macro.sanbao.') and unique_id not in seen -%}
        {%- do seen.update({unique_id: true}) -%}
        {%- set called = context.get(unique_id.split('.')[-1]) -%}
        {%- if called is not none
            and 'generated' not in called.macro.original_file_path -%}
            {%- do words.update(words_naming(called.macro.macro_sql)) -%}
            {%- do add_words_of_macros(called.macro, words, seen) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{# Rule → the words of its text: of the rules that lead from a feed to figures.
   `known` keeps those of earlier feeds: most rules serve several. #}
{% macro rules_above(feed, readers, known) -%}
    {%- set rooms = ['guarantee', 'figures', 'register', 'identity'] -%}
    {%- set rules = {} -%}
    {%- set waiting = ['model.sanbao.stg_' ~ feed] -%}
    {#- the longest way from a feed to its figures has fewer steps -#}
    {%- for step in range(15) if waiting -%}
        {%- set reached = [] -%}
        {%- for model in waiting -%}
            {%- for node in readers.get(model, [])
                if node.unique_id not in rules -%}
                {%- if node.unique_id not in known -%}
                    {%- set words = {} -%}
                    {%- if node.fqn[1] == 'intermediate'
                        and node.fqn[2] in rooms -%}
                        {%- do words.update(words_naming(node.raw_code)) -%}
                        {%- do add_words_of_macros(node, words, {}) -%}
                    {%- endif -%}
                    {%- do known.update({node.unique_id: words}) -%}
                {%- endif -%}
                {%- do rules.update({node.unique_id: known[node.unique_id]}) -%}
                {%- do reached.append(node.unique_id) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- do waiting.clear() -%}
        {%- do waiting.extend(reached) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}


{#
  The columns that some figure rests on, as feed → names: those that say whose,
  where and for when a row is, which macros read, and those that a rule names
  other than to hand them on (a line that holds nothing but the column). A unit
  test knows no models: there, all.
#}
{% macro read_columns() -%}
    {%- set found = {} -%}
    {%- set readers = readers_of_models() -%}
    {%- set places = ['town_name', 'village_name', 'natural_village_name'] -%}
    {%- set known = {} -%}
    {%- for feed, contract in feeds().items() -%}
        {%- set named = {} -%}
        {%- for words in rules_above(feed, readers, known).values() -%}
            {%- do named.update(words) -%}
        {%- endfor -%}
        {%- do found.update({feed: []}) -%}
        {%- for column in contract.headers -%}
            {%- if column in contract.key + contract.part_by
                + contract.period_by + contract.id_columns + places
                + contract.payments.get('reads', [])
                or not named
                or column in named -%}
                {%- do found[feed].append(column) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#
  One row per column that figures read: feed, column_name, column_label, its
  place among them, whether it is the feed's first number of a person, and
  whether it is filled only where it applies.
#}
{% macro columns_read(columns) -%}
    {%- set rows = [] -%}
    {%- for feed, contract in feeds().items() -%}
        {%- for column in columns[feed] -%}
            {%- do rows.append(
                "('" ~ feed ~ "', '" ~ column ~ "', '"
                ~ contract.headers[column] ~ "', " ~ loop.index ~ ", "
                ~ (column == (contract.id_columns | first)) ~ ", "
                ~ (column in contract.sparse) ~ ")"
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    select
        read_column.feed,
        read_column.column_name,
        read_column.column_label,
        read_column.place,
        read_column.names_person,
        read_column.is_sparse
    from (
        values
        {{ rows | join(',\n        ') }}
    ) as read_column (
        feed, column_name, column_label, place, names_person, is_sparse
    )
{%- endmacro %}
