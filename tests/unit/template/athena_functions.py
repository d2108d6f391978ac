# SPDX-License-Identifier: Apache-2.0
"""Functions of Athena engine version 3, as documented.

Source: "Athena engine version 3 functions" (https://docs.aws.amazon.com/athena/latest/ug/functions-env3.html). It
names pages of the Trino documentation (https://trino.io/docs/current/functions.html); these are the functions of each
that queries about events may need.
"""

_PAGES = {
    "aggregate": """
        any_value approx_distinct approx_percentile arbitrary array_agg avg bool_and bool_or checksum count count_if
        every geometric_mean histogram max max_by min min_by stddev stddev_pop stddev_samp sum var_pop var_samp variance
    """,
    "array": """
        all_match any_match array_agg array_distinct array_intersect array_join array_max array_min array_position
        array_remove array_sort array_union cardinality concat contains element_at filter flatten none_match reduce
        repeat reverse sequence slice transform zip zip_with
    """,
    "binary": """
        from_base64 from_big_endian_64 from_hex from_utf8 md5 sha1 sha256 sha512 to_base64 to_big_endian_64 to_hex
        to_utf8 xxhash64
    """,
    "conditional": "coalesce if nullif try",
    "comparison": "greatest least",
    "conversion": "cast format try_cast",
    "datetime": """
        at_timezone current_date current_timestamp date date_add date_diff date_format date_parse date_trunc day
        day_of_month day_of_week day_of_year extract format_datetime from_iso8601_date from_iso8601_timestamp
        from_unixtime hour last_day_of_month localtimestamp minute month now parse_datetime quarter second to_iso8601
        to_unixtime week with_timezone year year_of_week
    """,
    "json": "json_array_length json_extract json_extract_scalar json_format json_parse json_size",
    "map": "element_at map map_agg map_concat map_entries map_filter map_from_entries map_keys map_values split_to_map",
    "math": "abs ceil ceiling exp floor ln log10 log2 mod pow power round sign sqrt truncate width_bucket",
    "regexp": "regexp_count regexp_extract regexp_extract_all regexp_like regexp_position regexp_replace regexp_split",
    "string": """
        chr codepoint concat concat_ws from_utf8 length levenshtein_distance lower lpad ltrim normalize position replace
        reverse rpad rtrim split split_part starts_with strpos substr substring to_utf8 translate trim upper
    """,
    "url": """
        url_decode url_encode url_extract_fragment url_extract_host url_extract_parameter url_extract_path
        url_extract_port url_extract_protocol url_extract_query
    """,
    "window": "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
}

ATHENA_FUNCTIONS = frozenset(name for names in _PAGES.values() for name in names.split())
