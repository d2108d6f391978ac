-- At the end of daylight saving time an hour comes twice. Its two rows are told apart by their distance from UTC.
WITH once AS (
  SELECT
    min(event_time) AS event_time,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
timed AS (
  SELECT
    event_time,
    CAST(event_time AT TIME ZONE {{ time_zone }} AS timestamp(3)) AS local_time,
    visitor
  FROM once
)
SELECT
  date_trunc('hour', local_time) AS hour,
  count(*) AS events,
  count(DISTINCT visitor) AS visitors
FROM timed
GROUP BY date_trunc('hour', local_time), date_diff('minute', event_time, local_time)
ORDER BY min(event_time)
