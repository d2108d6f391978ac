SELECT
  event,
  traffic,
  count(DISTINCT request_id) AS events,
  count(DISTINCT visitor_key) AS visitors
FROM events
WHERE {{ conditions }}
GROUP BY event, traffic
ORDER BY events DESC, event, traffic
LIMIT 1000
