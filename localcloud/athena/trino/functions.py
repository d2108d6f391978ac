# SPDX-License-Identifier: Apache-2.0
"""The functions of Trino that the local Athena vouches for, by how they get to DuckDB.

Every other function fails the query with its name: an error is better than a wrong answer. Whoever adds one adds its
edge cases to the tests. Source of what they mean: the Trino documentation, "Functions and operators".

Known differences: regular expressions are RE2's (no look-around, no back-references), where Athena's are Java's;
approx_distinct and approx_percentile are exact; DuckDB compares text with numbers and dates where Trino refuses to.
"""

from localcloud.athena.trino import arrays, numbers, text, time, url

# DuckDB's function of this name or sqlglot's translation means the same, or trino_to_duckdb sees to it.
_BY_SQLGLOT = """
abs any_value approx_distinct approx_percentile arbitrary array_agg array_sort avg bool_and bool_or cardinality cast
ceil ceiling chr coalesce concat concat_ws count count_if cume_dist current_date current_timestamp date day day_of_month
day_of_week day_of_year dense_rank dow doy element_at exp extract first_value floor from_unixtime greatest hour if lag
last_value lead least length localtimestamp lower ltrim max max_by min min_by minute mod month now nth_value ntile
nullif percent_rank position pow power quarter rank regexp_extract regexp_like round row_number rtrim second split_part
sqrt starts_with stddev stddev_pop stddev_samp strpos substr substring sum to_unixtime trim try try_cast upper var_pop
var_samp variance week week_of_year year
"""
# The macro trino_<name> takes the arguments as they are.
_MACROS = """
array_join contains from_base64 from_hex from_utf8 lpad md5 regexp_count regexp_extract_all replace reverse rpad
sequence sha256 split to_base64 to_hex to_utf8 truncate url_decode url_encode url_extract_fragment url_extract_host
url_extract_parameter url_extract_path url_extract_port url_extract_protocol url_extract_query
"""
# trino_calls puts the call together.
_CALLS = """
all_match any_match at_timezone date_add date_diff date_format date_parse date_trunc filter format json_extract_scalar
none_match reduce regexp_replace transform with_timezone
"""

# Macros of several overloads, which DuckDB chooses among by type; of an aggregate it does not know the type in time.
_OVERLOADED = """
array_join at_utc ceil date_add date_diff date_format date_trunc eq floor from_utf8 gt gte lt lte md5 minus neq plus
regexp_extract_all replace sha256 split to_base64 to_hex
"""

OVERLOADED = frozenset(f"trino_{name}" for name in _OVERLOADED.split())
MACROS = frozenset(_MACROS.split())
CALLS = frozenset(_CALLS.split())
KNOWN = MACROS | CALLS | frozenset(_BY_SQLGLOT.split())


def macros() -> list[str]:
    """The statements that define all macros in a DuckDB session."""
    return [
        *url.macros(),
        *numbers.macros(),
        *text.macros(),
        *time.macros(),
        *arrays.macros(),
    ]
