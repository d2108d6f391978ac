-- Daily visitors do not add up: who comes on two days is one visitor of the period. So both are counted.
SELECT
  day,
  count(DISTINCT visitor_key) AS visitors,
  count(DISTINCT request_id) AS events
FROM (
  SELECT CAST(event_time AS date) AS day, visitor_key, request_id
  FROM events
  WHERE {{ conditions }}
)
GROUP BY GROUPING SETS ((), (day))
ORDER BY day NULLS FIRST
