-- CloudFront counts in hours of UTC. An hour belongs to the day in which it begins on the clock of the time zone.
WITH made AS (
  SELECT
    CAST(hour AS timestamp(3)) AS begin,
    CAST(CAST(hour AS timestamp(3)) AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS local_begin,
    date(CAST(CAST(hour AS timestamp(3)) AT TIME ZONE {{ time_zone }} AS timestamp(3))) AS day,
    TRY_CAST(hits AS bigint) AS hits,
    counted
  FROM pixel_hits_made
  WHERE complete = 'true'
    AND CAST(hour AS timestamp(3)) >= {{ begin }}
    AND date_add('hour', 1, CAST(hour AS timestamp(3))) <= {{ end }}
),
came AS (
  SELECT object, CAST(arrived AS timestamp(3)) AS arrived
  FROM pixel_objects
),
line AS (
  SELECT request_id, event_time, function_ran, object
  FROM events
  WHERE request_id IS NOT NULL
    /* What was imported (edgepixel import) was not counted. */
    AND object NOT LIKE '%/imported-%'
    AND {{ period }}
),
once AS (
  SELECT
    min(line.event_time) AS event_time,
    bool_or(line.function_ran) AS function_ran,
    min(date_diff('second', line.event_time, came.arrived)) AS seconds
  FROM line
  LEFT JOIN came ON came.object = line.object
  GROUP BY line.request_id
),
logged AS (
  SELECT
    made.day,
    made.begin,
    count(*) AS hits,
    approx_percentile(once.seconds, 5e-1) AS median_seconds,
    approx_percentile(once.seconds, 99e-2) AS p99_seconds
  FROM once
  JOIN made ON made.begin = date_trunc('hour', once.event_time)
  WHERE made.counted <> 'invocations' OR once.function_ran
  GROUP BY GROUPING SETS ((made.day), (made.day, made.begin))
),
spans AS (
  SELECT
    day,
    begin,
    min(local_begin) AS local_begin,
    count(*) AS hours,
    sum(hits) AS hits,
    if(min(counted) = max(counted), min(counted), 'both') AS counted
  FROM made
  GROUP BY GROUPING SETS ((day), (day, begin))
)
SELECT
  spans.day,
  if(spans.begin IS NOT NULL, spans.local_begin) AS hour,
  spans.hours,
  spans.counted,
  spans.hits AS hits_made,
  coalesce(logged.hits, 0) AS hits_logged,
  spans.hits - coalesce(logged.hits, 0) AS missing,
  if(spans.hits > 0, 10000 * coalesce(logged.hits, 0) / spans.hits / 1e2) AS percent,
  logged.median_seconds,
  logged.p99_seconds
FROM spans
LEFT JOIN logged
  ON logged.day = spans.day
  AND coalesce(date_format(logged.begin, '%Y-%m-%d %H'), '') = coalesce(date_format(spans.begin, '%Y-%m-%d %H'), '')
WHERE spans.hits >= 1000
  OR (spans.begin IS NULL AND (spans.hits > 0 OR logged.hits > 0))
ORDER BY spans.day, spans.begin NULLS FIRST
