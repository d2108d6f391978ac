SELECT
  date_trunc('hour', event_time) AS hour,
  count(DISTINCT request_id) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM events
WHERE {{ conditions }}
GROUP BY date_trunc('hour', event_time)
ORDER BY 1
