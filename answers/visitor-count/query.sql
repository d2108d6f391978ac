-- Daily visitors do not add up: who comes on two days is one visitor of the period. So both are counted.
WITH once AS (
  SELECT
    min(event_time) AS event_time,
    min(visitor) AS visitor
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
),
dated AS (
  SELECT
    CAST(event_time AT TIME ZONE {{ time_zone }} AS date) AS day,
    visitor
  FROM once
)
SELECT
  day,
  count(DISTINCT visitor) AS visitors,
  count(*) AS events
FROM dated
GROUP BY GROUPING SETS ((), (day))
ORDER BY day NULLS FIRST
