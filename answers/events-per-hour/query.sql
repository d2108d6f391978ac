WITH once AS (
  SELECT
    min(event_time) AS event_time,
    min(visitor_key) AS visitor_key
  FROM events
  WHERE {{ conditions }}
  GROUP BY request_id
)
SELECT
  date_trunc('hour', event_time) AS hour,
  count(*) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM once
GROUP BY date_trunc('hour', event_time)
ORDER BY 1
