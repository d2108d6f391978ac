-- CrossCheck=enabled makes the table cross_check. It has every request of the distribution: those of the pixel's cache
-- behavior must be events.
WITH requested AS (
  SELECT
    x_edge_request_id AS request_id,
    min(CAST(from_unixtime(TRY_CAST(timestamp AS double) / 1e3) AS timestamp(3))) AS moment,
    min(cache_behavior_path_pattern) AS path_pattern
  FROM cross_check
  WHERE cache_behavior_path_pattern = {{ pixel_path }}
    /* Not the header lines of its files. */
    AND regexp_like(timestamp, '^[0-9]{13}$')
  GROUP BY x_edge_request_id
),
found AS (
  SELECT request_id
  FROM events
  WHERE has_request_id
    AND {{ period }}
    /* A day more than what is asked about below: nothing older is compared. */
    AND event_time >= date_add('day', -8, now())
    AND dt >= date_format(date_add('day', -9, now()), '%Y-%m-%d')
)
SELECT
  CAST(moment AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS event_time,
  request_id,
  path_pattern
FROM requested
WHERE moment >= {{ begin }}
  AND moment < {{ end }}
  /* Of what is older, standard logs or events may be deleted, and what is younger may be on its way. now() is when
     somebody asks: a question about the past does not move it. */
  AND moment >= date_add('day', -7, now())
  AND moment < date_add('hour', -2, now())
  AND request_id NOT IN (SELECT request_id FROM found)
ORDER BY moment DESC, request_id
LIMIT 10000
