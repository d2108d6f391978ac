-- Daily visitors do not add up: who comes on two days is one visitor of the period. So both are counted.
WITH once AS (
  SELECT
    CAST(min(event_time) AS date) AS day,
    min(visitor_key) AS visitor_key
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT
  day,
  count(DISTINCT visitor_key) AS visitors,
  count(*) AS events
FROM once
GROUP BY GROUPING SETS ((), (day))
ORDER BY day NULLS FIRST
